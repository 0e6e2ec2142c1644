package io.hightower.kv.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** The reading of certificates and keys from a PEM file; other things in the file are passed over. */
final class PemFile {
    private final Path file;

    PemFile(Path file) {
        this.file = file;
    }

    /** Returns the certificates in the order of the file, at least one. */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object part : parts()) {
            if (part instanceof X509CertificateHolder holder) {
                certificates.add(certificate(holder));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsFileException(
                    file,
                    "There is no certificate in the file",
                    "it must have a block BEGIN CERTIFICATE; perhaps the key was given in its place");
        }
        return List.copyOf(certificates);
    }

    private X509Certificate certificate(X509CertificateHolder holder) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
        } catch (CertificateException | IOException e) {
            throw garbled(e);
        }
    }

    /** Returns the first private key of the file. */
    PrivateKey key() {
        for (Object part : parts()) {
            if (part instanceof PEMEncryptedKeyPair || part instanceof PKCS8EncryptedPrivateKeyInfo) {
                throw new TlsFileException(
                        file,
                        "The key is encrypted",
                        "store it decrypted, readable by this user only: openssl pkey -in FILE -out NEW");
            }
            if (part instanceof PEMKeyPair pair) {
                return key(pair.getPrivateKeyInfo());
            }
            if (part instanceof PrivateKeyInfo info) {
                return key(info);
            }
        }
        throw new TlsFileException(
                file,
                "There is no private key in the file",
                "it must have a block BEGIN PRIVATE KEY, BEGIN EC PRIVATE KEY or BEGIN RSA PRIVATE KEY;"
                        + " perhaps the certificate was given in its place");
    }

    private PrivateKey key(PrivateKeyInfo info) {
        PrivateKey key;
        try {
            key = new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException e) {
            throw garbled(e);
        }
        if (!key.getAlgorithm().equals("EC") && !key.getAlgorithm().equals("RSA")) {
            throw new TlsFileException(
                    file,
                    "The key is of a kind that is not used here: " + key.getAlgorithm(),
                    "take an EC key (P-256) or an RSA key");
        }
        return key;
    }

    private List<Object> parts() {
        List<Object> parts = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text()))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                parts.add(part);
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof TlsFileException known) {
                throw known;
            }
            throw garbled(e);
        }
        return parts;
    }

    private String text() {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TlsFileException(file, "There is no such file", "check the path", e);
        } catch (IOException e) {
            throw new TlsFileException(
                    file, "The file cannot be read: " + e, "check that it is a file which this user may read", e);
        }
    }

    private TlsFileException garbled(Exception cause) {
        return new TlsFileException(
                file, "The file is damaged: " + cause.getMessage(), "copy it again from where it was made", cause);
    }
}
