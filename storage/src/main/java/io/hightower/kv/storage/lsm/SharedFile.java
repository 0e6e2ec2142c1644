package io.hightower.kv.storage.lsm;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file that several file sets read from: it is closed when the last of them lets go of it, and then deleted if it is in
 * force no more. <b>Thread-safe.</b>
 *
 * @param <T> what reads the file
 */
final class SharedFile<T> {
    private final String name;
    private final T content;
    private final Runnable close;
    private final ObsoleteFiles obsoleteFiles;
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean obsolete;

    /** {@code close} closes what {@code content} holds open. Nobody uses the file yet. */
    SharedFile(String name, T content, Runnable close, ObsoleteFiles obsoleteFiles) {
        this.name = name;
        this.content = content;
        this.close = close;
        this.obsoleteFiles = obsoleteFiles;
    }

    String name() {
        return name;
    }

    T content() {
        return content;
    }

    /** Counts one more user. Only for somebody who knows that there is another one, or who opened the file. */
    void retain() {
        users.incrementAndGet();
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            close.run();
            if (obsolete) {
                obsoleteFiles.add(name);
            }
        }
    }

    /** Says that no manifest names the file any more. Called by a user, before it lets go. */
    void markObsolete() {
        obsolete = true;
    }
}
