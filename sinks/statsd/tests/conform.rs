//! What holds for every sink, in each form.

mod etsy {
    heapster_plugin::conform!(heapster_sink_statsd, Kit::datagrams("statsd:udp://{address}"));
}

mod influx {
    heapster_plugin::conform!(
        heapster_sink_statsd,
        Kit::datagrams("statsd:udp://{address}?protocolType=influxstatsd&labelStyle=upperCamelCase&mtu=1432")
    );
}

mod dog {
    heapster_plugin::conform!(
        heapster_sink_statsd,
        Kit::datagrams("statsd:udp://{address}?protocolType=dogstatsd")
    );
}
