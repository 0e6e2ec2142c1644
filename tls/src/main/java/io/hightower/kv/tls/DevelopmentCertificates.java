package io.hightower.kv.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A directory with a certificate authority, {@code ca.crt} and {@code ca.key}, and with the certificates that it issued,
 * {@code NAME.crt} and {@code NAME.key}: enough to try TLS, and for tests. Whoever has {@code ca.key} can become a member, so a
 * real cluster takes its certificates from an authority elsewhere.
 *
 * <p>Keys are EC P-256, in files that only their owner can read. Nothing is ever overwritten. <b>Used by one thread at a
 * time.</b> <b>Failure.</b> Methods throw {@link UncheckedIOException} if a file cannot be written, {@link TlsFileException} if
 * one is there already or cannot be used.
 */
public final class DevelopmentCertificates {
    /** How long an authority is valid. */
    public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

    private static final String AUTHORITY = "ca";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;
    private final CertificateAuthority authority;
    private final InstantSource clock;

    private DevelopmentCertificates(Path directory, CertificateAuthority authority, InstantSource clock) {
        this.directory = directory;
        this.authority = authority;
        this.clock = clock;
    }

    /** Makes a new authority in the directory, which is created when missing. */
    public static DevelopmentCertificates create(Path directory) {
        return create(directory, InstantSource.system());
    }

    static DevelopmentCertificates create(Path directory, InstantSource clock) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CertificateAuthority authority =
                CertificateAuthority.create("hightower development authority", clock.instant(), AUTHORITY_VALIDITY);
        DevelopmentCertificates certificates = new DevelopmentCertificates(directory, authority, clock);
        certificates.write(AUTHORITY, new CertificateAuthority.Issued(authority.certificate(), authority.key()));
        return certificates;
    }

    /** Continues with the authority in the directory. */
    public static DevelopmentCertificates open(Path directory) {
        Path certificate = directory.resolve(AUTHORITY + ".crt");
        Path key = directory.resolve(AUTHORITY + ".key");
        TlsMaterial material = TlsMaterial.read(
                TlsFiles.serverOnly(certificate, key),
                Callers.ANYBODY,
                InstantSource.system().instant());
        return new DevelopmentCertificates(
                directory, new CertificateAuthority(material.certificate(), material.key()), InstantSource.system());
    }

    /** Returns whether the directory holds an authority. */
    public static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(AUTHORITY + ".crt"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns the authority's certificate, which all who should trust it need. */
    public Path trustedCa() {
        return directory.resolve(AUTHORITY + ".crt");
    }

    /**
     * Issues a certificate for a member, with which it serves and calls.
     *
     * @param name the member's name, also that of the files; the certificate is made out to it, too
     * @param hosts DNS names and IP addresses at which the member is called, such as {@code h1.example.org}
     * @return the files to start the member with
     */
    public TlsFiles issueMember(String name, List<String> hosts, Duration validity) {
        List<String> names = new ArrayList<>(hosts);
        if (!names.contains(name)) {
            names.add(name);
        }
        requireHosts(names);
        return issue(name, new CertificateAuthority.Wish(name, names, true, clock.instant(), validity));
    }

    /** Issues a certificate for a client, with which it calls and cannot serve. The name is the user's, as etcd has it. */
    public TlsFiles issueClient(String name, Duration validity) {
        return issue(name, new CertificateAuthority.Wish(name, List.of(), false, clock.instant(), validity));
    }

    private TlsFiles issue(String name, CertificateAuthority.Wish wish) {
        requireAbsent(directory, List.of(name));
        if (wish.validity().isNegative() || wish.validity().isZero()) {
            throw new IllegalArgumentException("A certificate is valid for some time: validity=" + wish.validity());
        }
        write(name, authority.issue(wish));
        return TlsFiles.mutual(directory.resolve(name + ".crt"), directory.resolve(name + ".key"), trustedCa());
    }

    /** Refuses names that are none, and names whose files are in the directory: before anything is written. */
    public static void requireAbsent(Path directory, List<String> names) {
        for (String name : names) {
            if (!NAME.matcher(name).matches() || name.equals(AUTHORITY)) {
                throw new IllegalArgumentException("A name holds 1 to 64 letters, digits, dots, dashes and underscores,"
                        + " begins with a letter or digit, and is not ca: name=" + name);
            }
            for (String suffix : List.of(".crt", ".key")) {
                Path file = directory.resolve(name + suffix);
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw present(file, null);
                }
            }
        }
    }

    /** Refuses what is neither a DNS name nor an IP address. */
    public static void requireHosts(List<String> hosts) {
        hosts.forEach(HostName::require);
    }

    private static TlsFileException present(Path file, @Nullable Throwable cause) {
        String advice = "nothing is overwritten: move it away, or choose another directory";
        return cause == null
                ? new TlsFileException(file, "The file exists already", advice)
                : new TlsFileException(file, "The file exists already", advice, cause);
    }

    private void write(String name, CertificateAuthority.Issued issued) {
        try {
            // The key first: a certificate says that its key is there.
            writeNew(
                    directory.resolve(name + ".key"),
                    pem("PRIVATE KEY", issued.key().getEncoded()),
                    "rw-------");
            writeNew(
                    directory.resolve(name + ".crt"),
                    pem("CERTIFICATE", issued.certificate().getEncoded()),
                    "rw-r--r--");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + LINES.encodeToString(content) + "\n-----END " + kind + "-----\n";
    }

    private static void writeNew(Path file, String content, String permissions) {
        // Given at the creation: a key that is protected a moment later can have been read before.
        FileAttribute<?>[] attributes =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                        }
                        : new FileAttribute<?>[0];
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (FileAlreadyExistsException e) {
            throw present(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
