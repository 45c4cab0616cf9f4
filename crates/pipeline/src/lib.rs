//! The clock, the scrape and the processors: one batch a cycle
