package io.hightower.kv.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the material for TLS is read from; all files are PEM. <b>Immutable.</b>
 *
 * @param certificate this process's certificate, followed by those between it and the certificate authority, if any
 * @param key its private key, EC or RSA: PKCS#8, PKCS#1 or SEC1, not encrypted
 * @param trustedCa the certificates of the authorities that the other side's certificate must come from, one or more: while an
 *     authority is replaced, the old and the new one. Absent, nobody is trusted: of use to a server only that asks for no
 *     certificates
 * @param clientCertAuth whether a caller must show a certificate of a trusted authority; needs {@code trustedCa}
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> trustedCa, boolean clientCertAuth) {
    /** Checks the combination; the files are not looked at. */
    public TlsFiles {
        if (clientCertAuth && trustedCa.isEmpty()) {
            throw new IllegalArgumentException("To ask callers for certificates needs a file of trusted authorities:"
                    + " clientCertAuth=true trustedCa=(none)");
        }
    }

    /** Returns files of which both sides show certificates. */
    public static TlsFiles mutual(Path certificate, Path key, Path trustedCa) {
        return new TlsFiles(certificate, key, Optional.of(trustedCa), true);
    }

    /** Returns files of a server that asks nobody for a certificate. */
    public static TlsFiles serverOnly(Path certificate, Path key) {
        return new TlsFiles(certificate, key, Optional.empty(), false);
    }

    List<Path> all() {
        return Stream.concat(Stream.of(certificate, key), trustedCa.stream()).toList();
    }
}
