// A real OpenID Connect provider on loopback, for tests: node oidc_provider.mjs PORT SITE…
// Its log-in form takes any name; who is in `people` has what stands there.
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { Provider } = await import(require.resolve("oidc-provider"));
const [port, ...sites] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = { "administra-17": { amr: ["pwd", "mfa"], email: "administra@gobierno.test", email_verified: true } };
const page = (title, body) =>
  `<!doctype html><html lang="es"><title>${title}</title><body><h1>${title}</h1>${body}</body></html>`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "canaliza",
      client_secret: "secreto-de-prueba",
      redirect_uris: sites.map((site) => `${site}/login/proveedor/regreso`),
      post_logout_redirect_uris: sites.map((site) => `${site}/login`),
    },
  ],
  claims: { openid: ["sub", "amr"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  cookies: { keys: ["una llave de prueba"] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      logoutSource: (context, form) => {
        context.body = page("Salir", `${form}<button form="op.logoutForm" name="logout" value="yes">Sí, salir</button>`);
      },
    },
  },
});

provider.use(async (context, next) => {
  if (context.path === "/favicon.ico") context.status = 204;
  if (!context.path.startsWith("/interaction/")) return context.status === 204 ? undefined : next();
  if (context.method === "GET") {
    context.body = page("Cuenta", '<form method="post"><label>Nombre <input name="name"></label><button>Seguir</button></form>');
    return undefined;
  }
  let sent = "";
  for await (const part of context.req) sent += part;
  const accountId = new URLSearchParams(sent).get("name");
  const login = { accountId, amr: people[accountId]?.amr };
  await provider.interactionFinished(context.req, context.res, { login });
  context.respond = false;
  return undefined;
});
provider.listen(Number(port), "127.0.0.1", () => console.log(issuer));
