package io.hightower.kv.cli;

/** Peer URLs as etcd has them on its command line: {@code http://host:port}, with the scheme or without. */
final class PeerUrls {
    private PeerUrls() {}

    /**
     * Returns the address of a URL.
     *
     * @throws IllegalArgumentException if it is another URL, or several
     */
    static String address(String flag, String url) {
        String address = url.replaceFirst("^https?://", "").replaceFirst("/$", "");
        if (!address.matches("[^\\s/,]+:[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException(
                    flag + " takes one URL of the form http://host:port: " + flag + "=" + url);
        }
        return address;
    }
}
