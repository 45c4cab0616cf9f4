//! The live view: draws when there is a batch, a key, another size or a second more.

use crate::layout::{Line, Size, Style, View, frame};
use crate::read::Reader;
use crate::snapshot::Snapshot;
use crossterm::event::{Event, EventStream, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::style::{Attribute, Color, Print, SetAttribute, SetForegroundColor};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use futures::StreamExt;
use std::io::{self, Write, stdout};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// The size of a terminal that does not tell its own.
const USUAL: (u16, u16) = (80, 24);

/// Shows the view until q, Ctrl-C or a signal.
///
/// Errors: the terminal's.
pub(crate) async fn show(mut reader: Reader, url: &str) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (found, mut updates) = mpsc::channel(1);
    let _screen = Screen::enter()?;
    let reading = async move { while found.send(reader.next().await).await.is_ok() {} };
    tokio::pin!(reading);
    let mut keys = EventStream::new();
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut snapshot: Option<Snapshot> = None;
    let mut problem: Option<String> = None;
    loop {
        tokio::select! {
            () = &mut reading => break,
            update = updates.recv() => match update {
                Some(Ok(newer)) => (snapshot, problem) = (Some(newer), None),
                Some(Err(error)) => problem = Some(error.to_string()),
                None => break,
            },
            event = keys.next() => match event {
                Some(Ok(event)) if ends(&event) => break,
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => break,
            },
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            _ = hangup.recv() => break,
            _ = seconds.tick() => {}
        }
        let view = View {
            url,
            snapshot: snapshot.as_ref(),
            age: snapshot
                .as_ref()
                .map_or(Duration::ZERO, |known| known.age + known.read.elapsed()),
            problem: problem.as_deref(),
            keys: true,
        };
        let mut bytes = Vec::new();
        let size = size();
        paint(&frame(&view, size), size, &mut bytes)?;
        let mut out = stdout().lock();
        out.write_all(&bytes)?;
        out.flush()?;
    }
    Ok(())
}

fn size() -> Size {
    let told = crossterm::terminal::size()
        .ok()
        .filter(|(columns, rows)| *columns > 0 && *rows > 0);
    let (columns, rows) = told.unwrap_or(USUAL);
    Size {
        width: columns.into(),
        height: rows.into(),
    }
}

fn ends(event: &Event) -> bool {
    let Event::Key(key) = event else {
        return false;
    };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.kind == KeyEventKind::Press
        && (matches!(key.code, KeyCode::Char('q' | 'Q')) || control && matches!(key.code, KeyCode::Char('c')))
}

/// Draws a frame over the last one, a line a row from the top.
fn paint(lines: &[Line], size: Size, out: &mut impl Write) -> io::Result<()> {
    queue!(out, BeginSynchronizedUpdate)?;
    for (row, line) in (0..u16::MAX).zip(lines) {
        queue!(out, cursor::MoveTo(0, row), Clear(ClearType::CurrentLine))?;
        for (style, text) in line.spans() {
            match style {
                Style::Plain => {}
                Style::Strong => queue!(out, SetAttribute(Attribute::Bold))?,
                Style::Dim => queue!(out, SetAttribute(Attribute::Dim))?,
                Style::Good => queue!(out, SetForegroundColor(Color::DarkGreen))?,
                Style::Warn => queue!(out, SetForegroundColor(Color::DarkYellow))?,
                Style::Bad => queue!(out, SetForegroundColor(Color::DarkRed))?,
                Style::Mark => queue!(out, SetForegroundColor(Color::DarkCyan))?,
            }
            queue!(out, Print(text))?;
            if style != Style::Plain {
                queue!(out, SetAttribute(Attribute::Reset))?;
            }
        }
    }
    if lines.len() < size.height {
        let below = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        queue!(out, cursor::MoveTo(0, below), Clear(ClearType::FromCursorDown))?;
    }
    queue!(out, EndSynchronizedUpdate)
}

/// The terminal while it is ours; dropped, it is as it was.
#[derive(Debug)]
struct Screen;

impl Screen {
    fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        let screen = Self;
        execute!(stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        execute!(stdout(), cursor::Show, LeaveAlternateScreen).ok();
        disable_raw_mode().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;

    #[test]
    fn q_and_control_c_end_the_view() {
        let key = |code, modifiers| Event::Key(KeyEvent::new(code, modifiers));
        assert!(ends(&key(KeyCode::Char('q'), KeyModifiers::NONE)));
        assert!(ends(&key(KeyCode::Char('c'), KeyModifiers::CONTROL)));
        assert!(!ends(&key(KeyCode::Char('c'), KeyModifiers::NONE)));
        assert!(!ends(&Event::Resize(1, 1)));
    }
}
