use super::*;

fn read(text: &str) -> Result<(Config, Way), String> {
    let uri = Uri::parse(text, |_| None).map_err(|error| error.to_string())?;
    let (options, unknown) = Options::parse("sink", OPTIONS, &uri).map_err(|error| error.to_string())?;
    assert_eq!(unknown, []);
    Config::new(&uri, &options).map_err(|error| error.to_string())
}

fn address(text: &str) -> String {
    match read(text).unwrap().1 {
        Way::Tcp(address, _) => address.to_string(),
        Way::Http(base, _) => base,
        Way::Log => "the log".to_owned(),
    }
}

#[test]
fn a_proxy_may_be_given_in_every_way() {
    for (text, wanted) in [
        ("wavefront:Proxy.example:2878", "proxy.example:2878"),
        ("wavefront:proxy:1234?prefix=x", "proxy:1234"),
        ("wavefront:proxy", "proxy:2878"),
        ("wavefront:10.0.0.1:2878", "10.0.0.1:2878"),
        ("wavefront:[::1]:2878", "[::1]:2878"),
        ("wavefront:tcp://proxy", "proxy:2878"),
        ("wavefront:tcp://10.0.0.1:12", "10.0.0.1:12"),
        ("wavefront://proxy:12", "proxy:12"),
        ("wavefront:http://proxy:2878", "http://proxy:2878"),
        (
            "wavefront:https://a.wavefront.com?token=t",
            "https://a.wavefront.com",
        ),
        ("wavefront:proxy:1?testMode=true", "the log"),
    ] {
        assert_eq!(address(text), wanted, "{text}");
    }
}

#[test]
fn without_options_everything_is_as_in_the_original() {
    let wanted = Config {
        cluster: "k8s-cluster".to_owned(),
        prefix: "heapster.".to_owned(),
        user_labels: false,
        containers: true,
        batch: 10_000,
        concurrency: 4,
    };
    assert_eq!(read("wavefront:proxy:2878").unwrap().0, wanted);
}

#[test]
fn every_option_is_read() {
    let (config, way) = read(
        "wavefront:proxy:1?clusterName=c&prefix=p.&includeLabels=1&includeContainers=F&batch=5&concurrency=2&confirm=false",
    )
    .unwrap();
    let wanted = Config {
        cluster: "c".to_owned(),
        prefix: "p.".to_owned(),
        user_labels: true,
        containers: false,
        batch: 5,
        concurrency: 2,
    };
    assert_eq!(config, wanted);
    assert!(matches!(way, Way::Tcp(_, Ending::Keep)));
}

#[test]
fn what_cannot_be_is_one_line_that_says_what_can() {
    for (text, error) in [
        (
            "wavefront:",
            "address of sink \"wavefront\": it has no host; write wavefront:HOST:PORT",
        ),
        (
            "wavefront:proxy:port",
            "address of sink \"wavefront\": \"proxy:port\" is no address: the port is not in 1..=65535",
        ),
        (
            "wavefront:udp://proxy:1",
            "address of sink \"wavefront\": it is none of HOST:PORT, tcp://HOST:PORT, https://HOST",
        ),
        (
            "wavefront:proxy:1?token=t",
            "option \"token\" of sink \"wavefront\": a proxy's port for lines takes none; write wavefront:https://CLUSTER",
        ),
        (
            "wavefront:proxy:1?includeLabels=maybe",
            "option \"includeLabels\" of sink \"wavefront\": strconv.ParseBool: parsing \"maybe\": invalid syntax; it takes true or false",
        ),
    ] {
        assert_eq!(read(text).unwrap_err(), error, "{text}");
    }
}
