//! The command line.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use heapster_httpclient::TlsOptions;
use heapster_plugin::cluster::Pem;
use http::Uri;
use std::path::PathBuf;

const URL: &str = "http://127.0.0.1:8082";

/// What to look at, and how.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    /// Scheme, host, port and path, without a slash at the end.
    pub(crate) url: String,
    /// Print one frame and end.
    pub(crate) once: bool,
    pub(crate) tls: TlsOptions,
}

/// Why there are no arguments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Help was asked for.
    Help(String),
    /// What is wrong with the words.
    Fault(String),
}

fn command() -> Command {
    Command::new("heapster top")
        .no_binary_name(true)
        .about("Shows the nodes, pods and services of a running heapster, busiest first, and follows its batches")
        .after_help(
            "q or Ctrl-C ends the view. When standard output is no terminal, a plain frame is printed for each batch.\n\
             Memory is the working set; CPU is in cores. HTTP proxies of the environment are used, but not for this machine.",
        )
        .arg(Arg::new("url").value_name("URL").default_value(URL).help("Where heapster listens"))
        .arg(
            Arg::new("once")
                .long("once")
                .action(ArgAction::SetTrue)
                .help("Print one frame and end; status 1 when there is none"),
        )
        .arg(
            Arg::new("ca")
                .long("ca")
                .value_name("FILE")
                .help("PEM file with the authorities to trust instead of the system's"),
        )
        .arg(
            Arg::new("insecure")
                .long("insecure")
                .action(ArgAction::SetTrue)
                .conflicts_with("ca")
                .help("Accept any certificate"),
        )
}

impl Args {
    /// Reads the words behind `top`.
    ///
    /// Errors: [`Refusal`]; a fault is a line, and clap's are followed by the usage.
    pub(crate) fn parse(words: &[String]) -> Result<Self, Refusal> {
        let matches = command().try_get_matches_from(words).map_err(|error| {
            if error.kind() == ErrorKind::DisplayHelp {
                Refusal::Help(error.to_string())
            } else {
                let text = error.to_string();
                let line = text.lines().next().unwrap_or_default();
                Refusal::Fault(line.trim_start_matches("error: ").to_owned())
            }
        })?;
        let text = |name| matches.get_one::<String>(name).map(String::as_str);
        Ok(Self {
            url: base(text("url").unwrap_or(URL)).map_err(Refusal::Fault)?,
            once: matches.get_flag("once"),
            tls: TlsOptions {
                ca: text("ca").map(|path| Pem::File(PathBuf::from(path))),
                insecure: matches.get_flag("insecure"),
                ..TlsOptions::default()
            },
        })
    }
}

/// The URL with its scheme and without what cannot be used.
fn base(text: &str) -> Result<String, String> {
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let uri: Uri = whole
        .parse()
        .map_err(|error| format!("the URL {text:?} cannot be read: {error}"))?;
    let scheme = uri
        .scheme_str()
        .filter(|scheme| matches!(*scheme, "http" | "https"));
    let (Some(scheme), Some(authority)) = (scheme, uri.authority()) else {
        return Err(format!("the URL {text:?} is neither http://… nor https://…"));
    };
    if authority.as_str().contains('@') {
        return Err("the URL holds a user name or password, and none is ever sent".to_owned());
    }
    if uri.query().is_some() {
        return Err(format!(
            "the URL {text:?} holds a query: give the address that comes before /api"
        ));
    }
    Ok(format!(
        "{scheme}://{authority}{}",
        uri.path().trim_end_matches('/')
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, Refusal> {
        Args::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    fn fault(words: &[&str]) -> String {
        match parse(words) {
            Err(Refusal::Fault(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_words_this_machine_is_looked_at() {
        let args = parse(&[]).unwrap();
        assert_eq!((args.url.as_str(), args.once), (URL, false));
    }

    #[test]
    fn a_url_may_lack_its_scheme_and_have_a_path() {
        let url = |text| parse(&[text]).unwrap().url;
        assert_eq!(url("node-7:8082"), "http://node-7:8082");
        assert_eq!(url("[::1]:8082/"), "http://[::1]:8082");
        assert_eq!(
            url("https://h/api/v1/namespaces/kube-system/services/heapster/proxy/"),
            "https://h/api/v1/namespaces/kube-system/services/heapster/proxy"
        );
    }

    #[test]
    fn a_url_that_cannot_be_used_is_named() {
        assert!(fault(&["ftp://x"]).contains("neither http"));
        assert!(fault(&["http://a b"]).contains("cannot be read"));
        assert!(fault(&["http://x/?a=b"]).contains("query"));
        let secret = fault(&["http://me:geheim@x"]);
        assert!(
            secret.contains("password") && !secret.contains("geheim"),
            "{secret}"
        );
    }

    #[test]
    fn options_are_read_and_unknown_ones_are_one_line() {
        let args = parse(&["--once", "--ca", "/ca.pem", "https://x"]).unwrap();
        assert!(args.once && args.tls.ca == Some(Pem::File("/ca.pem".into())));
        assert!(parse(&["--insecure"]).unwrap().tls.insecure);
        let text = fault(&["--wait"]);
        assert!(text.contains("--wait") && !text.contains('\n'), "{text}");
        assert!(fault(&["--insecure", "--ca=x"]).contains("--ca"));
        assert!(matches!(parse(&["--help"]), Err(Refusal::Help(text)) if text.contains("--insecure")));
    }
}
