package io.hightower.kv.server.listen;

/**
 * Where a surface of the server accepts connections. <b>Immutable.</b>
 *
 * @param host a name or an IP address, without brackets; {@code 0.0.0.0} or {@code ::} for every interface
 * @param port 0 to 65535; 0 lets the operating system choose a free one
 */
public record ListenAddress(String host, int port) {
    private static final int PORT_MAX = 65_535;

    /** Checks that there is a host and that the port is in range. */
    public ListenAddress {
        if (!isHost(host) || port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "A listen address needs a host and a port from 0 to 65535: host=" + host + " port=" + port);
        }
    }

    /**
     * Reads {@code host:port}, with an IPv6 address in brackets: {@code 127.0.0.1:8080}, {@code localhost:0}, {@code
     * [::1]:8080}.
     *
     * @throws IllegalArgumentException naming the text, if it has another form
     */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw malformed(text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0 || host.indexOf('[') >= 0 || host.indexOf('/') >= 0) {
            throw malformed(text);
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > PORT_MAX || !isHost(host)) {
            throw malformed(text);
        }
        return new ListenAddress(host, Integer.parseInt(port));
    }

    private static boolean isHost(String text) {
        return !text.isEmpty() && text.chars().noneMatch(Character::isWhitespace);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "A listen address has the form host:port, an IPv6 address in brackets: address=" + text);
    }

    /** Returns the same host with another port. */
    public ListenAddress withPort(int newPort) {
        return new ListenAddress(host, newPort);
    }

    /** Returns the URL of this address, such as {@code http://127.0.0.1:8080}. */
    public String url() {
        return "http://" + this;
    }

    /** Returns the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
