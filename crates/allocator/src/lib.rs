//! jemalloc for the whole program; linked by `use heapster_allocator as _;`.
//!
//! Each cycle frees a batch and makes one of other sizes, on other threads. The C library's allocator keeps what was freed by one
//! thread from the others and gives little back: a third of the resident memory was nobody's. jemalloc gives pages back as they
//! age. What it is told (few arenas, early purging) stands in `.cargo/config.toml`, which only builds in this workspace read;
//! elsewhere its own defaults hold, and `_RJEM_MALLOC_CONF` in the environment comes before both.
//!
//! Why this one: `docs/adr/0013-jemalloc.md`.

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
