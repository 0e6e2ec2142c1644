package io.hightower.kv.tls;

import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;

/** What a certificate may be made out to: the name of a host, with a star as its first label if wanted, or an IP address. */
final class HostName {
    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");

    private HostName() {}

    /** Returns whether the text is an IP address, of version 4 or 6. */
    static boolean isAddress(String host) {
        return IPAddress.isValid(host);
    }

    /** Returns the text if it is a host. */
    static String require(String host) {
        boolean looksLikeAddress = host.contains(":") || host.matches("[0-9.]+");
        if (looksLikeAddress ? !isAddress(host) : !NAME.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "A host is a DNS name or an IP address, without port and brackets: host=" + host);
        }
        return host;
    }
}
