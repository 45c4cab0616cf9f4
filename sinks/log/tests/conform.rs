//! What holds for every sink.

heapster_plugin::conform!(heapster_sink_log, Kit::local("log:?format=json&target=/dev/null"));
