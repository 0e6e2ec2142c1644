package io.hightower.kv.replication.ratis;

/** Where a member listens for other members. <b>Immutable.</b> */
record PeerAddress(String host, int port) {
    /** Splits {@code host:port} at the last colon, so that IPv6 addresses in brackets work. */
    static PeerAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        return new PeerAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }
}
