//! What programs send, as a browser would get it.

use crate::response::State;
use crate::{File, Header, Options, Scanned, Tree, scan};

fn scanned(path: &str, text: &str) -> Scanned {
    let mut tree = Tree::default();
    tree.add(File::new(path, text.as_bytes()));
    scan(&tree, &Options::default())
}

/// The policies that a program sends, in order.
fn policies(path: &str, text: &str) -> Vec<Header> {
    let scanned = scanned(path, text);
    assert!(scanned.gaps.is_empty(), "{:?}", scanned.gaps);
    let headers = scanned.responses.into_iter().flat_map(|one| one.headers);
    headers
        .filter(|header| header.name.starts_with("content-security-policy"))
        .collect()
}

fn values(path: &str, text: &str) -> Vec<String> {
    let all = policies(path, text);
    all.into_iter()
        .map(|one| one.value.value().to_owned())
        .collect()
}

const DEFAULT: &str = "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';\
    frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';\
    style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests";

#[test]
fn helmet_by_itself_and_with_options() {
    for text in [
        "import helmet from 'helmet'; app.use(helmet())",
        "app.use(require('helmet')())",
        "const h = require('helmet'); app.use(h.contentSecurityPolicy())",
        "import { contentSecurityPolicy } from 'helmet'; app.use(contentSecurityPolicy())",
        "import fastifyHelmet from '@fastify/helmet'; await app.register(fastifyHelmet)",
        "import helmet from 'helmet'; app.use(helmet({ contentSecurityPolicy: isProd ? undefined : false }))",
    ] {
        assert_eq!(values("a.ts", text), [DEFAULT], "{text}");
    }
    let some = values(
        "a.js",
        "import helmet from 'helmet';\nconst self = \"'self'\";\napp.use(helmet({ contentSecurityPolicy: { directives: {\n\
         scriptSrc: [self, (req, res) => `'nonce-${res.locals.n}'`], 'style-src': null, connectSrc: [self, api],\n\
         ...(dev ? { imgSrc: ['*'] } : {}) } } }));",
    );
    let expected = DEFAULT
        .replace(
            "script-src 'self'",
            "script-src 'self' 'nonce-bm9uY2Vub25jZW5vbmNl'",
        )
        .replace("style-src 'self' https: 'unsafe-inline';", "")
        + ";connect-src 'self' dynamic.invalid";
    assert_eq!(some, [expected]);
    let alone = "import helmet from 'helmet'; helmet({ contentSecurityPolicy: { useDefaults: false, reportOnly: true, \
                 directives: { defaultSrc: [\"'none'\"] } } })";
    let found = policies("a.js", alone);
    assert_eq!(found[0].value.value(), "default-src 'none'");
    assert_eq!(found[0].name, "content-security-policy-report-only");
}

#[test]
fn what_is_switched_off_and_what_cannot_be_told() {
    let state =
        |text: &str| policies("a.js", &format!("import helmet from 'helmet';\n{text}"))[0].state;
    assert_eq!(
        state("helmet({ contentSecurityPolicy: false })"),
        State::Disabled
    );
    assert_eq!(
        state("helmet({ contentSecurityPolicy: config.csp })"),
        State::Undecidable
    );
    assert_eq!(state("helmet(options)"), State::Undecidable);
    assert_eq!(
        state("res.setHeader('Content-Security-Policy', make())"),
        State::Undecidable
    );
    assert_eq!(
        state("res.removeHeader('Content-Security-Policy')"),
        State::Removed
    );
    assert_eq!(
        state("delete proxied.headers['content-security-policy']"),
        State::Removed
    );
}

#[test]
fn headers_by_hand() {
    for text in [
        "res.setHeader('Content-Security-Policy', \"default-src 'self'; img-src *\")",
        "res.set({ 'content-security-policy': `default-src 'self'; img-src *` })",
        "const csp = [`default-src 'self'`, 'img-src *'].join('; '); reply.header('Content-Security-Policy', csp)",
        "c.header('Content-Security-Policy', 'default-src \\'self\\'; ' + 'img-src *')",
        "const d = { 'default-src': [\"'self'\"], 'img-src': ['*'] };\n\
         const csp = Object.entries(d).map(([k, v]) => `${k} ${v.join(' ')}`).join('; ');\n\
         response.headers.set('Content-Security-Policy', csp)",
        "const csp = `\n  default-src 'self';\n  img-src *`;\n\
         module.exports = { headers: [{ key: 'Content-Security-Policy', value: csp.replace(/\\s{2,}/g, ' ').trim() }] }",
        "const name = 'Content-Security-Policy'; res.writeHead(200, { [name]: \"default-src 'self'; img-src *\" })",
        "function csp() { return \"default-src 'self'; img-src *\" }\nsetResponseHeader(event, 'Content-Security-Policy', csp())",
        "res.headers['Content-Security-Policy'] = \"default-src 'self'; img-src *\"",
        "export const contentSecurityPolicy = \"default-src 'self'; img-src *\"",
    ] {
        let found: Vec<String> = values("a.js", text)
            .iter()
            .map(|it| it.trim().to_owned())
            .collect();
        assert_eq!(found, ["default-src 'self'; img-src *"], "{text}");
    }
    // What asks, or runs in development only, sends nothing.
    for text in [
        "requestHeaders.set('Content-Security-Policy', csp)",
        "if (process.env.NODE_ENV !== 'production') res.setHeader('Content-Security-Policy', 'img-src *')",
        "const isDev = process.env.NODE_ENV === 'development'; isDev && res.set('Content-Security-Policy', 'img-src *')",
        "expect(res.headers['content-security-policy']).toBe('x')",
    ] {
        assert!(values("a.js", text).is_empty(), "{text}");
    }
}

#[test]
fn places_lead_to_the_token() {
    let text = "import helmet from 'helmet';\nhelmet({ contentSecurityPolicy: { directives: { scriptSrc: [\"'unsafe-inline'\"] } } })";
    let found = policies("a.js", text);
    let value = &found[0].value;
    let at = value.value().find("'unsafe-inline'").unwrap();
    assert_eq!(text.get(value.place(at..at + 15)), Some("'unsafe-inline'"));
    let nonce = "res.set('Content-Security-Policy', `script-src 'nonce-${n}' 'self'`)";
    let found = policies("a.js", nonce);
    let value = &found[0].value;
    assert_eq!(value.dynamic().len(), 1);
    let at = value.value().find("'self'").unwrap();
    assert_eq!(nonce.get(value.place(at..at + 6)), Some("'self'"));
}

#[test]
fn branches_are_responses_of_their_own() {
    let text = "function cors(res, origin) { if (known.has(origin)) { res.set('Access-Control-Allow-Origin', origin); \
                res.set('Access-Control-Allow-Credentials', 'true'); } else { \
                res.set('Access-Control-Allow-Origin', '*'); } }";
    assert!(
        scanned("a.js", text)
            .findings
            .iter()
            .all(|one| one.rule.0 != "LG-HDR-108")
    );
}

#[test]
fn frameworks() {
    let nuxt = values(
        "nuxt.config.ts",
        "export default defineNuxtConfig({ modules: ['nuxt-security'], security: { headers: { \
         contentSecurityPolicy: { 'img-src': [\"'self'\"], 'upgrade-insecure-requests': false } } } })",
    );
    assert!(
        nuxt[0].contains(";img-src 'self'") && !nuxt[0].contains("upgrade"),
        "{nuxt:?}"
    );
    assert!(
        nuxt[0].contains("'strict-dynamic' 'nonce-bm9uY2Vub25jZW5vbmNl'"),
        "{nuxt:?}"
    );
    let svelte = values(
        "svelte.config.js",
        "export default { kit: { csp: { directives: { 'script-src': ['self'], 'img-src': ['self', 'data:'] } } } }",
    );
    assert_eq!(
        svelte,
        ["script-src 'self' 'nonce-bm9uY2Vub25jZW5vbmNl';img-src 'self' data:"]
    );
    let page = policies(
        "pages/_document.tsx",
        "export default () => <Head><meta httpEquiv=\"Content-Security-Policy\" content={`img-src ${host}`} /></Head>",
    );
    assert_eq!(
        (page[0].meta, page[0].value.value()),
        (Some(false), "img-src dynamic.invalid")
    );
    let vite = "export default { server: { headers: { 'Content-Security-Policy': 'img-src *' } } }";
    assert!(values("vite.config.ts", vite).is_empty());
}

#[test]
fn what_cannot_be_read_is_told() {
    for (path, template) in [("a.js", false), ("examples/a.js", true)] {
        let scanned = scanned(path, "app.use(helmet({{ options }}))");
        assert_eq!(scanned.gaps.len(), 1);
        assert_eq!(scanned.gaps[0].template, template, "{path}");
    }
}
