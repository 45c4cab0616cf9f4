//! What holds for every sink: one line runs the conformance kit.

heapster_plugin::conform!(heapster_sink_acme, Kit::local("acme:?greeting=hello"));
