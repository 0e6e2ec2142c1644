package io.hightower.kv.cli.process;

import java.time.Duration;
import java.util.Optional;

/** Hears what happens to supervised processes. Calls for one process come in order. <b>Thread-safe.</b> */
public interface ChildListener {
    /** The process printed a line. */
    void outputLine(String name, String line);

    /** The process printed a line on its error output. */
    void errorLine(String name, String line);

    /** The process was started. */
    void started(String name, long pid);

    /**
     * The process ended although nobody asked the supervisor to stop it.
     *
     * @param exitCode its exit code; 128 plus the signal's number if a signal ended it
     * @param restartAfter when it will be started again; nothing if it stays down
     */
    void ended(String name, int exitCode, Optional<Duration> restartAfter);

    /** The process did not end in time when asked, and is ended by force. */
    void forced(String name);

    /** The process could not be started; it stays down. */
    void failed(String name, String reason);
}
