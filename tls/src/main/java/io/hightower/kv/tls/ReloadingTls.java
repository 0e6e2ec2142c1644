package io.hightower.kv.tls;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS material of this process, as it is in the files: what is replaced there counts from the next handshake on.
 *
 * <p>The files are looked at during handshakes, at most once a second, by time, size and place; and by {@link #reload}. Material
 * that cannot be used changes nothing: what was read before stays, and a warning says what is wrong, once for each state of the
 * files, and not before it has lasted for two looks, because several files are not replaced in one moment.
 *
 * <p><b>Threads.</b> Thread-safe; a handshake never waits for another one's look at the files.
 */
public final class ReloadingTls {
    private static final System.Logger LOG = System.getLogger(ReloadingTls.class.getName());
    private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final TlsFiles files;
    private final Callers callers;
    private final LongSupplier nanoClock;
    private final InstantSource clock;
    private final ReloadingKeyManager keyManager;
    private final ReloadingTrustManager trustManager;

    /** Guards what was seen of the files. */
    private final ReentrantLock lock = new ReentrantLock();

    private List<FileStamp> stamps;
    private @Nullable List<FileStamp> brokenStamps;
    private boolean warned;
    private volatile long lookedAtNanos;
    private volatile Generation generation;

    /**
     * Material and how often it was replaced before; the one before it serves handshakes that began with it.
     *
     * @param number counted from 0
     */
    record Generation(
            long number, TlsMaterial material, @Nullable TlsMaterial before) {
        Generation next(TlsMaterial read) {
            return new Generation(number + 1, read, material);
        }
    }

    ReloadingTls(TlsFiles files, Callers callers, LongSupplier nanoClock, InstantSource clock) {
        this.files = files;
        this.callers = callers;
        this.nanoClock = nanoClock;
        this.clock = clock;
        this.stamps = FileStamp.of(files.all());
        this.generation = new Generation(0, TlsMaterial.read(files, callers, clock.instant()), null);
        this.lookedAtNanos = nanoClock.getAsLong();
        this.keyManager = new ReloadingKeyManager(this::current);
        this.trustManager = new ReloadingTrustManager(this::current, callers);
    }

    /**
     * Reads the files.
     *
     * @param callers who may call, of those whose certificate is trusted
     * @throws TlsFileException if the files cannot be used
     */
    public static ReloadingTls open(TlsFiles files, Callers callers) {
        return new ReloadingTls(files, callers, System::nanoTime, InstantSource.system());
    }

    /** Returns who this process is. */
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /** Returns who the other side may be. Host names are checked if the connection asks for it; revocation is not. */
    public X509ExtendedTrustManager trustManager() {
        return trustManager;
    }

    /** Returns whether a caller must show a certificate. */
    public boolean clientCertAuth() {
        return files.clientCertAuth();
    }

    /** Returns when the certificate in force ends. */
    public Instant certificateEnd() {
        return generation.material().certificate().getNotAfter().toInstant();
    }

    /**
     * Reads the files now, whether or not they look changed.
     *
     * @throws TlsFileException if they cannot be used; what was in force before stays
     */
    public void reload() {
        lock.lock();
        try {
            stamps = FileStamp.of(files.all());
            brokenStamps = null;
            replace(TlsMaterial.read(files, callers, clock.instant()));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the material in force, after a look at the files if one is due. */
    Generation current() {
        long now = nanoClock.getAsLong();
        if (now - lookedAtNanos >= LOOK_EVERY_NANOS && lock.tryLock()) {
            try {
                lookedAtNanos = now;
                look();
            } finally {
                lock.unlock();
            }
        }
        return generation;
    }

    /** The lock is held. */
    private void look() {
        // Before the content, so that a change in between is seen at the next look.
        List<FileStamp> present = FileStamp.of(files.all());
        if (present.equals(stamps) || (warned && present.equals(brokenStamps))) {
            return;
        }
        try {
            TlsMaterial read = TlsMaterial.read(files, callers, clock.instant());
            stamps = present;
            brokenStamps = null;
            replace(read);
        } catch (TlsFileException e) {
            warned = present.equals(brokenStamps);
            if (warned) {
                LOG.log(
                        Level.WARNING,
                        "The changed files for TLS cannot be used, what was read before stays in force until "
                                + certificateEnd() + ": " + e.getMessage());
            }
            brokenStamps = present;
        }
    }

    private void replace(TlsMaterial read) {
        warned = false;
        generation = generation.next(read);
        LOG.log(
                Level.INFO,
                "The files for TLS were read again: certificate=" + files.certificate() + " serial="
                        + read.certificate().getSerialNumber().toString(16) + " notAfter=" + certificateEnd());
    }
}
