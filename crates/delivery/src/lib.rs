//! One queue and one worker a sink
