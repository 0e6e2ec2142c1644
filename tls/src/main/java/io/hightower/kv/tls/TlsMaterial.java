package io.hightower.kv.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What was in the files at one moment, checked as a whole. <b>Immutable.</b>
 *
 * @param key the private key
 * @param chain the certificate, and those above it
 * @param trust who is trusted
 */
record TlsMaterial(PrivateKey key, List<X509Certificate> chain, X509ExtendedTrustManager trust) {
    private static final byte[] PROBE = {1, 2, 3, 4};

    /**
     * Reads the files.
     *
     * @throws TlsFileException if they cannot be used
     */
    static TlsMaterial read(TlsFiles files, Callers callers, Instant now) {
        List<X509Certificate> chain = new PemFile(files.certificate()).certificates();
        PrivateKey key = new PemFile(files.key()).key();
        requireInForce(files.certificate(), chain.get(0), now);
        requireMatch(files, chain.get(0), key);
        Optional<Path> ca = files.trustedCa();
        if (ca.isEmpty()) {
            return new TlsMaterial(key, chain, new NobodyTrusted());
        }
        List<X509Certificate> authorities = new PemFile(ca.get()).certificates();
        if (authorities.stream().allMatch(authority -> isOver(authority, now))) {
            throw new TlsFileException(
                    ca.get(),
                    "All trusted certificates have expired: notAfter="
                            + authorities.get(0).getNotAfter().toInstant(),
                    "put the certificates of the present authority there");
        }
        TlsMaterial material = new TlsMaterial(key, chain, trusting(ca.get(), authorities));
        if (callers == Callers.MEMBERS) {
            material.requireMember(files, ca.get());
        }
        return material;
    }

    /** Returns the certificate of this process. */
    X509Certificate certificate() {
        return chain.get(0);
    }

    /** What the other members would refuse is refused here, where somebody reads why. */
    private void requireMember(TlsFiles files, Path ca) {
        X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
        try {
            trust.checkServerTrusted(shown, "UNKNOWN");
            trust.checkClientTrusted(shown, "UNKNOWN");
            Callers.MEMBERS.require(certificate());
        } catch (CertificateException e) {
            throw new TlsFileException(
                    files.certificate(),
                    "The other members would refuse this certificate: " + e.getMessage(),
                    "it must come from an authority in " + ca + " and allow serverAuth and clientAuth",
                    e);
        }
    }

    private static void requireInForce(Path file, X509Certificate certificate, Instant now) {
        try {
            certificate.checkValidity(Date.from(now));
        } catch (CertificateExpiredException e) {
            throw new TlsFileException(
                    file,
                    "The certificate has expired: notAfter="
                            + certificate.getNotAfter().toInstant(),
                    "put a new one there",
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new TlsFileException(
                    file,
                    "The certificate is not yet valid: notBefore="
                            + certificate.getNotBefore().toInstant() + " now=" + now,
                    "check the clock of this machine, or wait",
                    e);
        }
    }

    private static boolean isOver(X509Certificate certificate, Instant now) {
        return certificate.getNotAfter().toInstant().isBefore(now);
    }

    private static void requireMatch(TlsFiles files, X509Certificate certificate, PrivateKey key) {
        if (!matches(certificate, key)) {
            throw new TlsFileException(
                    files.key(),
                    "The key is not that of the certificate: certificate=" + files.certificate(),
                    "give the two that were issued together");
        }
    }

    private static boolean matches(X509Certificate certificate, PrivateKey key) {
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(certificate.getPublicKey());
            checking.update(PROBE);
            return checking.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static X509ExtendedTrustManager trusting(Path file, List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int at = 0; at < authorities.size(); at++) {
                store.setCertificateEntry("authority-" + at, authorities.get(at));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager trust) {
                    return trust;
                }
            }
            throw new GeneralSecurityException("this Java has no trust manager for certificates");
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFileException(
                    file, "The trusted certificates cannot be used: " + e, "check them with openssl x509 -text", e);
        }
    }
}
