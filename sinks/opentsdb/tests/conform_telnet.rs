//! What holds for every sink, of `put` lines.

heapster_plugin::conform!(
    heapster_sink_opentsdb,
    Kit::lines("opentsdb:http://{address}?mode=telnet")
);
