//! A small file server for one machine: the site under exactly the headers it will have.

use crate::headers::Headers;
use crate::process::{Outcome, Place};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The longest request head that is read, in bytes.
const HEAD_LIMIT: u64 = 16 * 1024;

/// What is served.
#[derive(Debug)]
struct Site {
    folder: PathBuf,
    headers: Headers,
}

/// What was asked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    method: String,
    target: String,
    if_none_match: Option<String>,
    takes_brotli: bool,
}

/// What is answered.
#[derive(Debug)]
struct Answer {
    status: &'static str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Serves `folder` in the background until the program ends; port 0 takes any free one. Gives
/// the address.
pub fn spawn(place: &Place, folder: &Path, port: u16) -> Outcome<String> {
    let site = Arc::new(Site {
        folder: folder.to_owned(),
        headers: Headers::load(place)?,
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| format!("port {port} can't be used: {error}. Try `--port 8081`"))?;
    let port = listener
        .local_addr()
        .map_err(|error| format!("the server has no address: {error}"))?
        .port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let site = Arc::clone(&site);
            std::thread::spawn(move || {
                // A visitor who goes away early is none of the server's concern.
                let _ = converse(&site, &stream);
            });
        }
    });
    Ok(format!("http://localhost:{port}"))
}

/// One request, one answer.
fn converse(site: &Site, mut stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let Some(request) = Request::read(stream)? else {
        return Ok(());
    };
    let answer = site.answer(&request);
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    head.push_str("Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    if request.method != "HEAD" {
        stream.write_all(&answer.body)?;
    }
    stream.flush()
}

impl Request {
    /// Reads the head of a request; `None` when there is none.
    fn read(stream: impl Read) -> std::io::Result<Option<Self>> {
        let mut lines = BufReader::new(stream.take(HEAD_LIMIT)).lines();
        let Some(first) = lines.next().transpose()? else {
            return Ok(None);
        };
        let mut words = first.split(' ');
        let mut request = Self {
            method: words.next().unwrap_or_default().to_owned(),
            target: words.next().unwrap_or_default().to_owned(),
            ..Self::default()
        };
        for line in lines {
            let line = line?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "if-none-match" => request.if_none_match = Some(value.trim().to_owned()),
                "accept-encoding" => {
                    request.takes_brotli = value.split([',', ';']).any(|word| word.trim() == "br");
                }
                _ => {}
            }
        }
        Ok(Some(request))
    }
}

impl Site {
    fn answer(&self, request: &Request) -> Answer {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return self.plain(
                "405 Method Not Allowed",
                "/",
                "Only GET and HEAD are answered.\n",
            );
        }
        let path = request.target.split(['?', '#']).next().unwrap_or("/");
        let Some(file) = self.file(path) else {
            return self.plain("404 Not Found", path, "There is no such file.\n");
        };
        let packed =
            sibling(&file, ".br").filter(|packed| request.takes_brotli && packed.is_file());
        let Ok(body) = std::fs::read(packed.as_ref().unwrap_or(&file)) else {
            return self.plain("404 Not Found", path, "There is no such file.\n");
        };
        let tag = tag(&body);
        let mut headers = self.headers.of(path);
        headers.push(("Content-Type".to_owned(), media_type(&file).to_owned()));
        headers.push(("ETag".to_owned(), tag.clone()));
        headers.push(("Vary".to_owned(), "Accept-Encoding".to_owned()));
        if packed.is_some() {
            headers.push(("Content-Encoding".to_owned(), "br".to_owned()));
        }
        let known = request
            .if_none_match
            .as_ref()
            .is_some_and(|seen| *seen == tag);
        Answer {
            status: if known { "304 Not Modified" } else { "200 OK" },
            headers,
            body: if known { Vec::new() } else { body },
        }
    }

    fn plain(&self, status: &'static str, path: &str, text: &str) -> Answer {
        let mut headers = self.headers.of(path);
        headers.retain(|(name, _)| name != "Cache-Control");
        headers.push(("Cache-Control".to_owned(), "no-store".to_owned()));
        headers.push((
            "Content-Type".to_owned(),
            "text/plain; charset=utf-8".to_owned(),
        ));
        Answer {
            status,
            headers,
            body: text.as_bytes().to_vec(),
        }
    }

    /// The file that a path names, if it lies inside the folder.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let path = decode(path)?;
        let mut file = self.folder.clone();
        for part in path
            .strip_prefix('/')?
            .split('/')
            .filter(|part| !part.is_empty())
        {
            // No way up, no drive, no hidden file.
            if part.starts_with('.') || part.contains(['\\', ':', '\0']) {
                return None;
            }
            file.push(part);
        }
        if file.is_dir() {
            file.push("index.html");
        }
        // The last word against links that lead outside.
        let real = file.canonicalize().ok()?;
        let inside = real.starts_with(self.folder.canonicalize().ok()?);
        (inside && real.is_file()).then_some(real)
    }
}

/// Undoes percent signs; `None` for what is not text.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// The same file with something after its name.
fn sibling(file: &Path, ending: &str) -> Option<PathBuf> {
    let mut name = file.file_name()?.to_owned();
    name.push(ending);
    Some(file.with_file_name(name))
}

/// A mark that changes when the content does.
fn tag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// What the browser is told that a file is.
pub fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|name| name.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("md") => "text/markdown; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page's own folder of static files serves as a site.
    fn site() -> Site {
        let place = Place::find().unwrap();
        Site {
            folder: place.root.join("static"),
            headers: Headers::load(&place).unwrap(),
        }
    }

    fn ask(method: &str, target: &str, seen: Option<&str>) -> Answer {
        site().answer(&Request {
            method: method.to_owned(),
            target: target.to_owned(),
            if_none_match: seen.map(str::to_owned),
            takes_brotli: false,
        })
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
        let found = answer.headers.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }

    #[test]
    fn a_file_comes_with_every_header() {
        let answer = ask("GET", "/app.css?x=1", None);
        assert_eq!(answer.status, "200 OK");
        assert_eq!(header(&answer, "Content-Type"), "text/css; charset=utf-8");
        assert_eq!(header(&answer, "Cache-Control"), "no-cache");
        for (name, value) in &site().headers.all {
            assert_eq!(header(&answer, name), value);
        }
        let again = ask("GET", "/app.css", Some(header(&answer, "ETag")));
        assert_eq!(again.status, "304 Not Modified");
        assert!(again.body.is_empty());
    }

    #[test]
    fn nothing_outside_the_folder() {
        for target in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "/..\\Cargo.toml",
            "//etc/passwd",
            "/C:/boot.js",
            "/./app.css",
            "/app.css%00",
            "/%ff",
            "/%4",
            "app.css",
            "/none.css",
            "/",
        ] {
            assert_eq!(ask("GET", target, None).status, "404 Not Found", "{target}");
        }
        assert_eq!(
            ask("POST", "/app.css", None).status,
            "405 Method Not Allowed"
        );
    }

    #[test]
    fn an_error_is_not_kept_and_keeps_its_headers() {
        let answer = ask("GET", "/gone-0123456789abcdef.js", None);
        assert_eq!(header(&answer, "Cache-Control"), "no-store");
        assert!(!header(&answer, "Content-Security-Policy").is_empty());
    }

    #[test]
    fn a_request_is_read() {
        let text =
            "GET /a HTTP/1.1\r\nAccept-Encoding: gzip, br;q=1\r\nIf-None-Match: \"1\"\r\n\r\n";
        let request = Request::read(text.as_bytes()).unwrap().unwrap();
        let expected = Request {
            method: "GET".to_owned(),
            target: "/a".to_owned(),
            if_none_match: Some("\"1\"".to_owned()),
            takes_brotli: true,
        };
        assert_eq!(request, expected);
        assert_eq!(Request::read("".as_bytes()).unwrap(), None);
    }

    #[test]
    fn wasm_is_told_as_wasm() {
        assert_eq!(media_type(Path::new("a_bg.wasm")), "application/wasm");
    }
}
