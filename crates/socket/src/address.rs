//! Where a server is.

use std::fmt;

/// Host and port. The host is a name or an IP address and is not looked up here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// Reads `HOST`, `HOST:PORT`, `HOST:`, `[V6]` or `[V6]:PORT`. No host is `localhost`, no port is `port`.
    ///
    /// # Errors
    /// One line that names the text, for a port that is none and for an IPv6 address without brackets.
    pub fn parse(text: &str, port: u16) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("{text:?} is no address: {why}"));
        let (host, given) = match text.rfind(']').map(|end| text.split_at(end + 1)) {
            Some((host, "")) => (host, ""),
            Some((host, rest)) => match rest.strip_prefix(':') {
                Some(given) => (host, given),
                None => return refuse("what follows ] is no port"),
            },
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let port = match given {
            "" => port,
            given => match given.parse() {
                Ok(0) | Err(_) => return refuse("the port is not in 1..=65535"),
                Ok(port) => port,
            },
        };
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(host) => host,
            None if host.contains(['[', ']', ' ']) => return refuse("the host is no name"),
            None => host,
        };
        let host = if host.is_empty() { "localhost" } else { host };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }

    /// Host and port as they are looked up.
    pub(crate) fn pair(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_may_be_left_out() {
        for (text, shown) in [
            ("", "localhost:2003"),
            (":", "localhost:2003"),
            ("carbon", "carbon:2003"),
            ("carbon:", "carbon:2003"),
            ("carbon:1", "carbon:1"),
            (":65535", "localhost:65535"),
            ("10.0.0.1:7", "10.0.0.1:7"),
            ("[::1]", "[::1]:2003"),
            ("[::1]:7", "[::1]:7"),
        ] {
            assert_eq!(Address::parse(text, 2003).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_named() {
        for (text, error) in [
            ("a:0", "\"a:0\" is no address: the port is not in 1..=65535"),
            (
                "a:70000",
                "\"a:70000\" is no address: the port is not in 1..=65535",
            ),
            ("a:b", "\"a:b\" is no address: the port is not in 1..=65535"),
            ("::1", "\"::1\" is no address: the port is not in 1..=65535"),
            ("[::1]x", "\"[::1]x\" is no address: what follows ] is no port"),
            ("[a", "\"[a\" is no address: the host is no name"),
        ] {
            assert_eq!(Address::parse(text, 2003).unwrap_err(), error);
        }
    }
}
