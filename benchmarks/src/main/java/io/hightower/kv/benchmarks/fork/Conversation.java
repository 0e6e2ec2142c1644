package io.hightower.kv.benchmarks.fork;

import io.hightower.kv.benchmarks.candidate.CandidateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A child process that is told something a line, and answers with a line. The end of what it is told asks it to end.
 * <b>Used by one thread at a time.</b>
 */
public final class Conversation implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final Writer told;
    private final BufferedReader answers;
    private final Runnable onEnd;

    Conversation(Process process, Runnable onEnd) {
        this.process = process;
        this.told = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.onEnd = onEnd;
    }

    /** Tells the process something, which is one line. */
    public void tell(String line) {
        try {
            told.write(line + "\n");
            told.flush();
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /**
     * Returns its next line; waits for it.
     *
     * @throws CandidateException if it has ended
     */
    public String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw ended(new IllegalStateException("It says no more"));
            }
            return line;
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private CandidateException ended(Exception cause) {
        return new CandidateException("A member's process has ended: pid=" + process.pid(), cause);
    }

    /** Asks the process to end, and ends it if it does not. */
    @Override
    public void close() {
        try {
            told.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            onEnd.run();
        }
    }
}
