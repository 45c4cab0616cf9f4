//! As much of HTTP/1.1 as a backend needs that answers by a script.

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST`
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body, compressed if it came so.
    pub body: Vec<u8>,
    /// Request line and headers as they came, to be echoed.
    pub(crate) head: String,
}

impl Request {
    /// The first value of a header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads the first request in `bytes` and says how long it is; `None` while its end is not there.
    pub(crate) fn read(bytes: &[u8]) -> Option<(usize, Self)> {
        let head_end = find(bytes, b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(bytes.get(..head_end)?).into_owned();
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        let mut request = Self {
            method,
            target,
            headers: lines.filter_map(header).collect(),
            body: Vec::new(),
            head: head.clone(),
        };
        let rest = bytes.get(head_end..)?;
        let read = if request.header("transfer-encoding") == Some("chunked") {
            request.read_chunks(rest)?
        } else {
            let length = request
                .header("content-length")
                .and_then(|text| text.parse().ok());
            let length = length.unwrap_or(0);
            request.body = rest.get(..length)?.to_vec();
            length
        };
        Some((head_end + read, request))
    }

    fn read_chunks(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..)?;
            let line = find(rest, b"\r\n")?;
            let size = std::str::from_utf8(rest.get(..line)?).ok()?;
            let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
            let chunk = rest.get(line + 2..)?;
            self.body.extend_from_slice(chunk.get(..size)?);
            chunk.get(size..size + 2)?;
            at += line + 2 + size + 2;
            if size == 0 {
                return Some(at);
            }
        }
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers but for the length.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A status with a body.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        // 204 and 304 have neither body nor length.
        if !matches!(self.status, 204 | 304) {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
