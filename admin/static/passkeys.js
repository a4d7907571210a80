// Passkeys: asks the device for a key and puts its answer into the form. Without this file the password is the way in.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const read = (options) => {
    const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
    const read = { ...options, challenge: bytes(options.challenge) };
    if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) read.excludeCredentials = known(options.excludeCredentials);
    if (options.allowCredentials) read.allowCredentials = known(options.allowCredentials);
    return read;
  };

  const write = (key) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[name]) response[name] = text(key.response[name]);
    }
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} });
  };

  const ask = async (form) => {
    const kept = new FormData(form);
    const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(kept) });
    if (!answer.ok) throw new Error("refused");
    const asked = await answer.json();
    const publicKey = read(asked.options);
    const key = form.dataset.passkey === "new" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    form.elements.reto.value = asked.token;
    form.elements.respuesta.value = write(key);
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const said = form.querySelector("[data-said]");
    form.hidden = false;
    form.querySelector("button").addEventListener("click", async () => {
      said.hidden = true;
      try {
        await ask(form);
      } catch {
        said.hidden = false; // the person cancelled, or the device has no key for this place
        return;
      }
      form.requestSubmit();
    });
  });
})();
