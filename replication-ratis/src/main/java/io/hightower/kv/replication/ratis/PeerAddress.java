package io.hightower.kv.replication.ratis;

/** Where a member listens for other members. <b>Immutable.</b> */
record PeerAddress(String host, int port) {
    private static final int PORT_MAX = 65_535;

    /** Splits {@code host:port} at the last colon, so that IPv6 addresses in brackets work. */
    static PeerAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        return new PeerAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** Refuses what is not of the form {@code host:port}. */
    static void require(String address) {
        if (!address.matches("[^\\s/]+:[1-9][0-9]{0,4}") || parse(address).port() > PORT_MAX) {
            throw new IllegalArgumentException("A peer address has the form host:port: address=" + address);
        }
    }
}
