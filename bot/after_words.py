"""What people write about a petition that is on its way, about its answer or about a datum that is asked for.

So few words mean one thing there, whatever kind, and whatever danger, the mind reads in them by themselves. All shapes
are for text without accents and punctuation (`choices.plain`).
"""

import re

_START = (
    r"(?:(?:hola|oiga|oigan|disculpe|perdon|buen[oa]s?|dias?|tardes|noches|y|pero|entonces|ahora|ya|pues|ok|bueno"
    r"|gracias|si|una pregunta) )*"
)
_END = (
    r"(?: (?:por favor|porfa|porfavor|gracias|muchas|a dios|oiga|disculpe|usted|ustedes|senorita|senor|aqui|entonces"
    r"|pues|ya|mas))*"
)
_CASE = r"(?:caso|asunto|peticion|queja|reporte|problema|solicitud|folio)"
_DAY = r"(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|dia|fecha|plazo|semana|mes|quince dias)"
_NOBODY = (
    r"(?:(?:todavia |aun )?no (?:ha|han) (?:venido|pasado|llegado|hecho) (?:nadie|nada)"
    r"|(?:todavia |aun )?no (?:vino|vinieron|viene|vienen) (?:nadie|nada|a nada)"
    r"|(?:aqui )?nadie (?:ha venido|vino|viene|ha hecho nada|hace nada))"
)

NEXT = re.compile(  # «¿y ahora qué sigue?», «¿tengo que llevar algún papel?»
    rf"{_START}(?:(?:que|q) (?:sigue|hago|mas hago|procede|(?:debo|tengo que|hay que) hacer)|cual es el siguiente paso"
    r"|(?:tengo|debo|necesito|hay)(?: yo)?(?: que)? (?:ir|pasar|presentarme)"
    r"(?: (?:a|en) (?:algun lado|alguna parte|algun lugar|(?:la|una|su|alguna) oficina|sus oficinas|la dependencia))?"
    r"|(?:tengo|debo|necesito|hay)(?: que)? (?:llevar|presentar|mandar|entregar|traer|firmar|hacer)"
    r"(?: (?:algun|algo|alguna|un|unos|otro|otra|los|mis))*(?: (?:papel|papeles|documentos?|tramite|copias?|cosa))?"
    rf"|(?:me |les |le )?(?:hace )?falta algo|(?:solo|nada mas|nomas) (?:espero|esperamos|queda esperar)"
    rf"|(?:a |en )?donde (?:tengo que|debo|voy a) ir|(?:ps |pos )?ni modo|ya que){_END}"
)
GOES = re.compile(  # «¿quién lleva mi caso?», «¿en cuánto tiempo me resuelven?»: the agency and the day say it
    rf"{_START}(?:quien(?:es)? (?:(?:me|lo|la|nos|le) )*van? a (?:atender|resolver|revisar|contestar|responder)"
    rf"(?:me|lo|la|nos)?(?: (?:mi|el|la|este) {_CASE})?"
    rf"|quien (?:lleva|ve|tiene|atiende|trae|esta viendo) (?:mi|el|la|este|lo de mi) {_CASE}"
    rf"|(?:con|en) quien (?:esta|quedo|va)(?: mi {_CASE})?"
    r"|(?:(?:como )?en )?cuant(?:o tiempo|os dias) (?:(?:me|nos|lo|la) )*"
    r"(?:resuelven|contestan|responden|atienden|dan (?:una |la )?respuesta)"
    r"|(?:para )?cuando (?:(?:me|nos) )*(?:resuelven|contestan|responden|dan (?:una |la )?respuesta"
    rf"|van a (?:contestar|resolver|responder)(?:me|nos)?)){_END}"
)
UNCLEAR = re.compile(  # of an answer or of what is asked: no «no», whatever it begins with
    rf"{_START}(?:no (?:(?:le|les|lo|la) )?(?:entendi|entiendo|comprendi|comprendo)"
    r"(?: (?:nada|bien|muy|la respuesta|lo que|que|quiere|quieren|decir|dice|dicen|eso|esto|me|contestaron|ponen))*"
    r"|(?:a )?que quieren? decir(?: (?:con )?(?:eso|esto|\w+))?|eso que(?: es| significa| quiere decir)?"
    r"|(?:me )?(?:lo )?(?:puede[n]?|podrian?) explicar(?:me)?(?:lo)?(?: mejor| eso| la respuesta)?"
    rf"|expliqueme(?:lo)?){_END}"
)
AGAIN_PLEASE = re.compile(  # the answer once more, or on paper: no «no», and a person sees to it
    rf"{_START}(?:(?:me )?(?:(?:la|lo) )?(?:pueden?|podrian?) (?:volver a )?"
    r"(?:mandar|enviar|pasar|repetir|reenviar|dar)(?:me)?(?:la|lo)?"
    r" (?:otra vez|de nuevo|la respuesta|el mensaje|por escrito|en papel|impres[oa]|sellad[oa])"
    r"(?: (?:otra vez|de nuevo))?|(?:ya )?borre (?:el mensaje|la respuesta)(?: \w+){0,3}"
    r"|no (?:me llego|veo|encuentro|aparece|puedo (?:ver|abrir|leer)) (?:la respuesta|el (?:mensaje|archivo|documento))"
    rf"|(?:necesito|quiero|ocupo) (?:un|el|la) (?:papel|documento|oficio|respuesta)"
    rf"(?: (?:sellad[oa]|firmad[oa]|por escrito|en papel|impres[oa]|oficial))*){_END}"
)
MANY = re.compile(
    rf"{_START}(?:cuant[oa]s (?:peticiones|quejas|reportes|folios|solicitudes) (?:tengo|llevo|he hecho)"
    rf"|(?:cuales son )?(?:todas )?mis (?:peticiones|quejas|reportes|folios|solicitudes)){_END}"
)
CHANGE = re.compile(
    rf"{_START}(?:(?:quiero|quisiera|necesito|puedo|se puede|como puedo) "
    r"(?:cambiar|corregir|modificar|aumentar|agregar)"
    rf"(?:le)?(?: (?:algo|un dato|mas|datos|informacion))?(?: (?:a|de|en))? (?:mi|la) {_CASE}"
    rf"|(?:me equivoque|hay un error) en (?:mi|la) {_CASE}){_END}"
)
OTHERS_TOO = re.compile(  # «mi vecina tiene el mismo problema», «somos más los que queremos firmar»
    rf"{_START}(?:(?:mis?|unos?|otr[oa]s?|vari[oa]s|muchos|tod[oa]s|los|las)(?: (?:los|las|mis))? "
    r"(?:vecin[oa]s?|comadre|compadre|herman[oa]s?|mama|papa|suegra|ti[oa]s?|familias?|personas)"
    r" (?:tambien )?(?:tienen?|esta[n]? con|sufren?) (?:el|lo|la) mism[oa](?: (?:problema|situacion))?"
    r"|somos (?:mas|vari[oa]s|much[oa]s)(?: (?:los |las )?(?:vecin[oa]s|familias|personas))?"
    rf"(?: (?:los|las)? ?que)?(?: (?:quieren|queremos|vamos a|van a) (?:firmar|apoyar|pedir))?(?: lo mismo)?){_END}"
)
ASKS = re.compile(  # without a sign too; «que vengan ya», «como siempre», «cuando llueve se inunda» ask nothing
    rf"{_START}(?:a (?:que|q) hora|a quien|que dia|quien(?:es)?|cuant[oa]s?|por ?que|para que|tengo que|y si"
    r"|cuando (?:va|van|viene|vienen|me|nos|lo|la|le|les|estara|queda|empiezan?|llegan?|tienen?))\b"
)
ASKS_WITH_SIGN = re.compile(rf"{_START}(?:a (?:que|q)|q|que|como|cuando|donde|cual)\b")
ASKS_OF_DATUM = re.compile(
    rf"{_START}(?:cuando (?:van|vienen|viene|va)|para que (?:lo|la|los|las|quieren|les|le|es|sirve)"
    r"|(?:en |de )?donde (?:lo|la|los|las|viene|vienen|veo|dice|aparece|encuentro|saco)|cual (?:numero|contrato|dato)"
    r"|que (?:numero|dato|contrato|es eso))\b"
)
NOBODY_CAME = re.compile(
    rf"{_START}(?:{_NOBODY}(?: (?:a ver|a revisar|a arreglar|todavia|aun|por aqui))*"
    rf"|(?:ellos |ustedes )?(?:nunca|no) (?:hacen|resuelven|sirven)(?: para)? nada){_END}"
)
PRESSES = re.compile(
    rf"{_START}(?:(?:por favor )?(?:que vengan|vengan|apurense|apurenle|dense prisa|hagan algo)"
    rf"(?: (?:pronto|rapido|ya|por favor|a arreglar))*|(?:no )?(?:se )?(?:tarden|tarden mucho)){_END}"
)
DAY_WENT = re.compile(  # «ya es viernes y no ha venido nadie»
    rf"{_START}(?:hoy )?(?:es|paso|pasaron|fue|llego|se cumplio|se vencio) (?:(?:el|la|un|una) )?{_DAY}"
    rf"(?: que (?:dijeron|prometieron|me dijeron))?(?: (?:y|pero))?"
    rf"(?: (?:nada|nada de nada|todavia nada|sigue igual|{_NOBODY})){_END}"
)
NOT_THEIRS = re.compile(
    rf"{_START}(?:es[eo] |esto )?no (?:les?|la) (?:toca|corresponde|compete) a (?:ell[oa]s?|es[ao]s?|ustedes)\b"
    r"(?: (?:secretaria|dependencia|oficina|eso|esto))*(?: (?:le|es) (?:toca )?(?:a|al|de|del)(?: \w+){1,4})?"
)
_DONE = (
    "quedo quedamos arreglo arreglaron resolvio resolvieron reparo repararon soluciono solucionaron compuso "
    "compusieron taparon cumplieron llego volvio regreso cayo hay tenemos"
)
_WITH_DONE = (
    "el la los las nos me bien todo toda muy por fin hoy ayer resuelto resuelta arreglado arreglada solucionado "
    "reparado agua luz bache baches fuga lampara lamparas foco focos servicio problema asunto drenaje bomba "
    "alumbrado calle gracias muchas mil a dios bendito senor senorita"
)
DONE = re.compile(  # «ya se arregló, gracias»; each word is known: «ya quedó atorado el camión» tells of a matter
    r"(?:(?:hola|buen[oa]s|dias|tardes|noches|oiga|pues|si|gracias|que cree) )*"
    rf"ya (?:(?:se|me|nos|lo|la|los|las|le|les) )*(?:{'|'.join(_DONE.split())})"
    rf"(?: (?:{'|'.join(_WITH_DONE.split())}))*"
)
SENT = re.compile(r"(?:(?:ok|listo|si) )*ya quedo(?: (?:gracias|muchas|listo|enviado|enviada))*")  # a photo, a paper
_AGAIN = r"otra vez|de nuevo|nuevamente|se volvio|se volvieron|volvio a|volvieron a"
AGAIN = re.compile(rf"\b(?:{_AGAIN})\b")
BACK = re.compile(  # it came back, or it never was solved
    rf"\b(?:{_AGAIN}|siguen? igual|no quedo"
    r"|no (?:(?:lo|la|los|las) )?(?:arreglaron|repararon|compusieron) ?(?:nada)?)\b"
)
CAME_BACK = re.compile(  # alone it tells of no place and of nobody
    r"(?:(?:y|oiga|pero|otra vez|pues|que cree) )*(?:ya )?se (?:volvio|volvieron) a (?:tapar|descomponer|romper|tirar"
    r"|quebrar|fundir|apagar|tronar)(?: (?:otra vez|de nuevo|el|la|los|las|drenaje|bomba|lampara|foco|tuberia|coladera"
    r"|fuga))*"
)
PARTLY = re.compile(r"(?:(?:pues|bueno) )*(?:mas o menos|maso ?menos|si pero|pero)\b")
LATER = re.compile(  # of a datum: «ahorita se lo mando», «deje lo busco», «no lo tengo a la mano»
    rf"{_START}(?:(?:ahorita|orita|al rato|luego|manana|mas tarde|en la (?:tarde|noche)|despues|en un rato|dejeme"
    r"|deje|permitame|espereme|espere) (?:(?:ahorita|que|se|lo|la|los|las|te|le|les) )*"
    r"(?:mando|paso|busco|envio|consigo|doy|digo|reviso|checo|escribo|buscar|buscarlo|checar)(?: (?:ahorita|y|en|el|mi"
    r"|recibo|papel|se|lo|la|los|mando|paso|casa|la casa))*"
    r"|(?:ahorita )?no (?:lo|la|los|las) (?:tengo|traigo|encuentro) (?:(?:ahorita|aqui|todavia|a la mano|conmigo) ?)+"
    rf"|(?:ahorita|todavia) no (?:lo|la|los|las) (?:tengo|traigo|encuentro)){_END}"
)
AGREES = re.compile(
    rf"(?:(?:ah|muy) )*(?:ok|okey|okay|oki|va|sale|vale|bueno|(?:esta )?bien|de acuerdo)(?: ya que| ni modo)?{_END}"
)


def is_calm(words: str, *, is_datum: bool) -> bool:
    """Nobody is missing and no child is in danger, whatever few words sound like beside a petition on its way."""
    shapes = (NOBODY_CAME, DAY_WENT, CAME_BACK, *((LATER,) if is_datum else ()))
    return any(shape.fullmatch(words) for shape in shapes)


def is_unclear(words: str) -> bool:
    """An answer is not understood, or is wanted once more: neither a no nor a yes to it."""
    return any(shape.fullmatch(words) for shape in (UNCLEAR, AGAIN_PLEASE))
