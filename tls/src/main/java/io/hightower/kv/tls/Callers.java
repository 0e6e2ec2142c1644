package io.hightower.kv.tls;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Who may call, of those whose certificate comes from a trusted authority. */
public enum Callers {
    /** Everybody. */
    ANYBODY,

    /**
     * Other members only: their certificates allow both to serve and to call. So the certificate of a client, which allows to
     * call only, does not make it a member, although one authority issued both; nor does one that names no use, which tools issue
     * to anybody unless they are told otherwise.
     */
    MEMBERS;

    private static final String TO_SERVE = "1.3.6.1.5.5.7.3.1";
    private static final String TO_CALL = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USE = "2.5.29.37.0";

    /** Returns whether the certificate is one of those. Its authority was checked before. */
    boolean admit(X509Certificate certificate) throws CertificateParsingException {
        List<String> uses = certificate.getExtendedKeyUsage();
        return this == ANYBODY
                || (uses != null && (uses.contains(ANY_USE) || (uses.contains(TO_SERVE) && uses.contains(TO_CALL))));
    }

    void require(X509Certificate certificate) throws CertificateException {
        if (!admit(certificate)) {
            throw new CertificateException(
                    "The certificate does not make its owner a member of the cluster, which takes the"
                            + " extended key usages serverAuth and clientAuth: subject="
                            + certificate.getSubjectX500Principal());
        }
    }
}
