//! Programs, as they set headers when they run.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

use lockgate_hardening::{File, Options, Scanned, State, Tree, scan};

const NONCE: &str = "'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'";

fn look(path: &str, text: &str) -> Scanned {
    let mut tree = Tree::default();
    tree.add(File::new(path, text.as_bytes()));
    scan(&tree, &Options::default())
}

/// The policies of a file: line, how it is delivered, what it says or what became of it.
fn policies(path: &str, text: &str) -> Vec<String> {
    let scanned = look(path, text);
    assert!(scanned.gaps.is_empty(), "{path}: {:?}", scanned.gaps);
    let headers = scanned.responses.iter().flat_map(|one| &one.headers);
    let policies = headers.filter(|header| header.name.starts_with("content-security-policy"));
    let told = policies.map(|header| {
        let place = match header.value.file() {
            place if place.is_empty() => header.place.clone(),
            place => place,
        };
        let line = 1 + text.get(..place.start).unwrap().matches('\n').count();
        let kind = match header.name.ends_with("report-only") {
            true => "reports",
            false => "enforces",
        };
        let value = header.value.value().replace(NONCE, "NONCE");
        match header.state {
            State::Sent => format!("{line} {kind} {value}"),
            state => format!("{line} {kind} {state:?}"),
        }
    });
    told.collect()
}

/// Other headers that a file sets.
fn others(path: &str, text: &str) -> Vec<String> {
    let scanned = look(path, text);
    let headers = scanned.responses.iter().flat_map(|one| &one.headers);
    let others = headers.filter(|header| !header.name.starts_with("content-security-policy"));
    let told = others.map(|header| match header.state {
        State::Sent => format!("{}: {}", header.name, header.value.value()),
        state => format!("{}: {state:?}", header.name),
    });
    told.collect()
}

fn rules(path: &str, text: &str) -> Vec<(&'static str, u32)> {
    let scanned = look(path, text);
    scanned
        .findings
        .iter()
        .map(|one| (one.rule.0, one.start.line))
        .collect()
}

#[test]
fn policies_of_rails() {
    let path = "config/initializers/content_security_policy.rb";
    let text = r#"
Rails.application.config.content_security_policy do |policy|
  cdn = ["https://cdn.example.com"]
  cdn << ENV["ASSETS"] if ENV["ASSETS"].present?
  policy.default_src :self, :https
  policy.script_src :self, *cdn
  policy.script_src :self, :unsafe_eval if Rails.env.development?
  policy.img_src :self, :data, "https://img.example.com"
  policy.connect_src(:self, -> { "wss://#{request.host}" })
  # policy.report_uri "/reports"
  unless Rails.env.production?
    policy.style_src :unsafe_inline
  end
end
Rails.application.config.content_security_policy_nonce_generator = ->(request) { SecureRandom.base64(16) }
Rails.application.config.content_security_policy_nonce_directives = %w[script-src]
Rails.application.config.content_security_policy_report_only = true
"#;
    assert_eq!(
        policies(path, text),
        [
            "2 reports default-src 'self' https:; script-src 'self' https://cdn.example.com dynamic.invalid NONCE; img-src 'self' data: https://img.example.com; connect-src 'self' dynamic.invalid"
        ]
    );
    let controller = "class PagesController < ApplicationController\n  content_security_policy false, only: :embed\n  content_security_policy only: :show do |p|\n    p.img_src \"*\"\n  end\nend\n";
    assert_eq!(
        policies("app/controllers/pages_controller.rb", controller),
        ["2 enforces Disabled", "3 enforces Undecidable"]
    );
    let commented = "# Rails.application.config.content_security_policy do |policy|\n#   policy.default_src :self\n# don't forget\n# end\n";
    assert_eq!(rules(path, commented), [("LG-CSP-412", 1)]);
    // What documents a library is no setting of it.
    assert!(rules("lib/middleware.rb", commented).is_empty());
}

#[test]
fn headers_of_ruby() {
    let path = "config/initializers/secure_headers.rb";
    let text = r#"
SecureHeaders::Configuration.default do |config|
  config.hsts = "max-age=31536000; includeSubDomains"
  config.x_frame_options = "DENY"
  config.csp = {
    preserve_schemes: true,
    default_src: %w['none'],
    script_src: %w['self' 'unsafe-inline'],
    upgrade_insecure_requests: true
  }
end
"#;
    assert_eq!(
        policies(path, text),
        [
            "5 enforces default-src 'none'; script-src 'self' 'unsafe-inline'; upgrade-insecure-requests"
        ]
    );
    assert_eq!(
        others(path, text),
        [
            "strict-transport-security: max-age=31536000; includeSubDomains",
            "x-frame-options: DENY"
        ]
    );
    let text = "class A < ActionController::Base\n  def show\n    response.headers['Content-Security-Policy'] = <<~CSP.squish\n      default-src 'self';\n      img-src #{host}\n    CSP\n    response.set_header 'X-Frame-Options', 'ALLOWALL'\n    headers.delete('Referrer-Policy')\n  end\nend\n";
    assert_eq!(policies("app/a.rb", text).len(), 1);
    assert_eq!(
        rules("app/a.rb", text)
            .iter()
            .filter(|(rule, _)| *rule == "LG-HDR-103")
            .count(),
        1
    );
    let cors = "Rails.application.config.middleware.insert_before 0, Rack::Cors do\n  allow do\n    origins '*'\n    resource '*', headers: :any, credentials: true\n  end\nend\n";
    assert_eq!(
        rules("config/initializers/cors.rb", cors),
        [("LG-HDR-108", 3)]
    );
    let asked =
        "expect(response.headers['Content-Security-Policy']).to include(\"default-src 'self'\")\n";
    assert!(policies("app/check.rb", asked).is_empty());
}

#[test]
fn headers_of_php() {
    let text = "<h1>It isn't code</h1>\n<?php\n$csp = \"default-src 'self'; \" . \"script-src 'nonce-{$nonce}'\";\n$csp .= \"; img-src *\";\nheader('Content-Security-Policy: ' . $csp);\nheader_remove('X-Frame-Options');\n// header(\"X-Frame-Options: DENY\");\n?>\n<p>header('Content-Security-Policy: x')</p>\n";
    assert_eq!(
        policies("public/index.php", text),
        ["3 enforces default-src 'self'; script-src NONCE; img-src *"]
    );
    assert_eq!(
        others("public/index.php", text),
        ["x-frame-options: Removed"]
    );
    let text = "<?php\nclass Headers {\n  const CSP = [\"default-src 'none'\", \"img-src 'self'\"];\n  public function handle($request, $next) {\n    $response = $next($request);\n    $response->headers->set('Content-Security-Policy', implode('; ', self::CSP));\n    return $response->withHeader('X-Frame-Options', 'DENY');\n  }\n}\n";
    assert_eq!(
        policies("app/Headers.php", text),
        ["3 enforces default-src 'none'; img-src 'self'"]
    );
}

#[test]
fn policies_of_laravel() {
    let text = "<?php\nuse Spatie\\Csp\\Directive;\nuse Spatie\\Csp\\Keyword;\nclass Shop extends Policy {\n  public function configure() {\n    $this\n      ->addDirective(Directive::DEFAULT, Keyword::NONE)\n      ->addDirective(Directive::SCRIPT, [Keyword::SELF, 'cdn.example.com'])\n      ->addDirective(Directive::STYLE, 'unsafe-inline')\n      ->addNonceForDirective(Directive::SCRIPT);\n    if (app()->environment('local')) {\n      $this->addDirective(Directive::SCRIPT, Keyword::UNSAFE_EVAL);\n    }\n  }\n}\n";
    assert_eq!(
        policies("app/Csp/Shop.php", text),
        [
            "6 enforces default-src 'none'; script-src 'self' cdn.example.com NONCE; style-src 'unsafe-inline'"
        ]
    );
    let text = "<?php\nuse Spatie\\Csp\\Preset;\nclass Fonts implements Preset {\n  public function configure(Policy $policy): void {\n    $policy->add(Directive::FONT, 'fonts.example.com');\n  }\n}\n";
    assert_eq!(
        policies("app/Csp/Fonts.php", text),
        ["5 enforces Undecidable"]
    );
    let text = "<?php\nreturn [\n  'allowed_origins' => explode(',', env('ORIGINS', '*')),\n  'supports_credentials' => false,\n];\n";
    assert!(rules("config/cors.php", text).is_empty());
}

#[test]
fn headers_of_java_and_kotlin() {
    let text = "package shop;\nclass Headers implements Filter {\n  private static final String CSP = \"default-src 'self'; \"\n      + \"img-src *\";\n  @SuppressWarnings(\"x\")\n  public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {\n    HttpServletResponse http = (HttpServletResponse) response;\n    http.setHeader(\"Content-Security-Policy\", CSP);\n    http.addHeader(HttpHeaders.X_FRAME_OPTIONS, \"SAMEORIGIN\");\n    client.setHeader(\"X-Frame-Options\", \"of a request\");\n  }\n}\n";
    assert_eq!(
        policies("src/main/java/Headers.java", text),
        ["3 enforces default-src 'self'; img-src *"]
    );
    assert_eq!(
        others("src/main/java/Headers.java", text),
        ["x-frame-options: SAMEORIGIN"]
    );
    let text = "class Security {\n  SecurityFilterChain chain(HttpSecurity http) {\n    return http.headers(headers -> headers\n      .contentSecurityPolicy(csp -> csp\n        .policyDirectives(\"script-src 'self'\")\n        .reportOnly())\n      .frameOptions(frame -> frame.disable())\n      .httpStrictTransportSecurity(hsts -> hsts.maxAgeInSeconds(3600))).build();\n  }\n}\n";
    assert_eq!(
        policies("src/Security.java", text),
        ["5 reports script-src 'self'"]
    );
    assert_eq!(
        others("src/Security.java", text),
        [
            "x-frame-options: Removed",
            "strict-transport-security: max-age=3600; includeSubDomains"
        ]
    );
    assert!(rules("src/Security.java", text).contains(&("LG-HDR-102", 8)));
    let old = "class A {\n  void configure(HttpSecurity http) {\n    http.headers().contentSecurityPolicy(\"default-src 'none'\").and().frameOptions().sameOrigin();\n  }\n}\n";
    assert_eq!(
        policies("src/A.java", old),
        ["3 enforces default-src 'none'"]
    );
    let off =
        "class A {\n  void configure(HttpSecurity http) {\n    http.headers().disable();\n  }\n}\n";
    assert_eq!(rules("src/A.java", off), [("LG-CSP-405", 3)]);
    let kotlin = "fun chain(http: HttpSecurity, host: String) {\n  http {\n    headers {\n      contentSecurityPolicy {\n        policyDirectives = \"default-src 'self' https://$host\"\n      }\n    }\n  }\n}\n";
    assert_eq!(
        policies("src/main/kotlin/Security.kt", kotlin),
        ["5 enforces default-src 'self' https://dynamic.invalid"]
    );
}

#[test]
fn headers_of_csharp() {
    let text = "public class Headers {\n  public async Task Invoke(HttpContext context, IHostEnvironment env) {\n    var csp = $\"default-src 'self'; script-src 'nonce-{nonce}'\";\n    if (env.IsDevelopment()) {\n      csp += \"; connect-src ws:\";\n    }\n    context.Response.Headers[\"Content-Security-Policy\"] = csp;\n    context.Response.Headers.XFrameOptions = \"DENY\";\n    context.Response.Headers.Append(HeaderNames.XContentTypeOptions, new StringValues(\"nosniff\"));\n  }\n}\n";
    assert_eq!(
        policies("src/Headers.cs", text),
        ["3 enforces default-src 'self'; script-src NONCE"]
    );
    assert_eq!(
        others("src/Headers.cs", text),
        ["x-frame-options: DENY", "x-content-type-options: nosniff"]
    );
    let text = "app.UseSecurityHeaders(policies => policies\n  .AddFrameOptionsDeny()\n  .AddContentSecurityPolicy(builder =>\n  {\n    builder.AddObjectSrc().None();\n    builder.AddScriptSrc().Self().UnsafeInline().WithNonce();\n    builder.AddImgSrc().Self().From(\"data:\").From(cdn);\n    builder.AddCustomDirective(\"require-trusted-types-for\", \"'script'\");\n  }));\n";
    assert_eq!(
        policies("src/Program.cs", text),
        [
            "3 enforces object-src 'none'; script-src 'self' 'unsafe-inline' NONCE; img-src 'self' data: dynamic.invalid; require-trusted-types-for 'script'"
        ]
    );
    let text = "app.UseCsp(options => options\n  .DefaultSources(s => s.Self())\n  .ScriptSources(s => s.Self().CustomSources(\"cdn.example.com\").UnsafeEval()));\napp.UseXfo(options => options.Deny());\n";
    assert_eq!(
        policies("src/Startup.cs", text),
        ["1 enforces default-src 'self'; script-src 'self' cdn.example.com 'unsafe-eval'"]
    );
}

#[test]
fn headers_of_go() {
    let text = "package web\n\nimport \"strings\"\n\nfunc Headers(next http.Handler) http.Handler {\n\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n\t\tparts := []string{\n\t\t\t\"default-src 'self'\",\n\t\t\t\"img-src *\",\n\t\t}\n\t\tw.Header().Set(\"Content-Security-Policy\", strings.Join(parts, \"; \"))\n\t\tw.Header()[\"X-Frame-Options\"] = []string{\"DENY\"}\n\t\tr.Header.Set(\"X-Frame-Options\", \"asked\")\n\t})\n}\n";
    assert_eq!(
        policies("internal/web/headers.go", text),
        ["7 enforces default-src 'self'; img-src *"]
    );
    assert_eq!(
        others("internal/web/headers.go", text),
        ["x-frame-options: DENY"]
    );
    let text = "package web\n\nvar guard = secure.New(secure.Options{\n\tFrameDeny: true,\n\tSTSSeconds: 31536000,\n\tSTSIncludeSubdomains: true,\n\tContentSecurityPolicy: \"script-src $NONCE\",\n})\n";
    assert_eq!(policies("web.go", text), ["7 enforces script-src NONCE"]);
    assert_eq!(
        others("web.go", text),
        [
            "x-frame-options: DENY",
            "strict-transport-security: max-age=31536000; includeSubDomains"
        ]
    );
    let text = "package web\n\nfunc setup() {\n\tr.Use(cors.New(cors.Config{\n\t\tAllowAllOrigins: true,\n\t\tAllowCredentials: true,\n\t}))\n}\n";
    assert_eq!(rules("web.go", text), [("LG-HDR-108", 5)]);
    let tested = "package web\n\nfunc TestIt(t *testing.T) {\n\tassert.Equal(t, \"default-src 'self'\", rec.Header().Get(\"Content-Security-Policy\"))\n}\n";
    assert!(policies("web_test.go", tested).is_empty());
}

#[test]
fn headers_of_rust() {
    let text = "fn headers(config: &Config) -> Response {\n    let csp = if config.strict {\n        \"default-src 'none'\".to_owned()\n    } else {\n        format!(\"default-src 'self' {}; \\\n                 img-src *\", config.host)\n    };\n    Response::builder()\n        .header(\"content-security-policy\", csp)\n        .insert_header((\"X-Frame-Options\", \"DENY\"))\n        .insert_header((header::REFERRER_POLICY, HeaderValue::from_static(\"no-referrer\")))\n}\n";
    assert_eq!(
        policies("src/headers.rs", text),
        [
            "3 enforces default-src 'none'",
            "5 enforces default-src 'self' dynamic.invalid; img-src *"
        ]
    );
    let text = "fn layer<'a>() -> Layer {\n    // It's one for all.\n    SetResponseHeaderLayer::overriding(\n        HeaderName::from_static(\"content-security-policy\"),\n        HeaderValue::from_static(r#\"default-src 'self'\"#),\n    )\n}\n";
    assert_eq!(
        policies("src/layer.rs", text),
        ["3 enforces default-src 'self'"]
    );
    let text =
        "fn layer() -> CorsLayer { CorsLayer::new().allow_origin(Any).allow_credentials(true) }\n";
    assert_eq!(rules("src/cors.rs", text), [("LG-HDR-108", 1)]);
}

#[test]
fn a_policy_in_a_program_is_one_of_the_repository() {
    let server = "server { listen 80; root /srv; index index.html; }";
    let program = "package web\n\nfunc f(w http.ResponseWriter) { w.Header().Set(\"Content-Security-Policy\", load()) }\n";
    let nowhere = |files: &[(&str, &str)]| {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.add(File::new(*path, text.as_bytes()));
        }
        let scanned = scan(&tree, &Options::default());
        scanned
            .findings
            .iter()
            .any(|one| one.rule.0 == "LG-CSP-406")
    };
    assert!(nowhere(&[("nginx.conf", server)]));
    assert!(!nowhere(&[("nginx.conf", server), ("web.go", program)]));
}

#[test]
fn what_was_made_to_exhaust_ends_soon() {
    let word = "\"Content-Security-Policy\"";
    for (name, parts) in [
        ("a.go", ["(", "{", "x.append(", "`", "a + ", "x := x + x\n"]),
        (
            "a.rb",
            ["(", "do |x|\n", "<<~A\n", "#{", "%w[", "x = x + x\n"],
        ),
        (
            "a.php",
            ["(", "<?php {", "<<<A\n", "\"{$", "?>", "$x = $x . $x;\n"],
        ),
        (
            "a.java",
            ["(", "if (", "\"\"\"", "a ? ", "x ? y : ", "x = x + x;\n"],
        ),
        (
            "a.kt",
            ["(", "if (", "\"${", "when { a -> ", "?: ", "x = x + x\n"],
        ),
        ("a.cs", ["(", "if (", "$\"{", "@\"", "<<", "x = x + x;\n"]),
        (
            "a.rs",
            [
                "(",
                "match a { b => ",
                "r#\"",
                "/*",
                "'a ",
                "let x = x + x;\n",
            ],
        ),
    ] {
        for part in parts {
            let start = if name.ends_with(".php") { "<?php " } else { "" };
            let text = format!(
                "{start}set({word}, x);\n{}\nset({word}, x);",
                part.repeat(8_000 / part.len())
            );
            look(name, &text);
            let text = format!(
                "{start}x = 'default-src';\n{}\nset({word}, x);",
                part.repeat(6_000 / part.len())
            );
            look(name, &text);
        }
    }
}
