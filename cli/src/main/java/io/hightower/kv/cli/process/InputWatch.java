package io.hightower.kv.cli.process;

import java.io.IOException;
import java.io.InputStream;

/** A watch over a stream that says nothing: its end means that whoever holds the other end is gone. */
public final class InputWatch {
    private InputWatch() {}

    /** Runs {@code action} once, on a thread of its own, when {@code input} ends. What comes before the end is ignored. */
    public static void whenEnded(InputStream input, Runnable action) {
        Thread watch = new Thread(
                () -> {
                    byte[] ignored = new byte[256];
                    try {
                        int read = 0;
                        while (read >= 0) {
                            read = input.read(ignored);
                        }
                    } catch (IOException e) {
                        // A stream that cannot be read is one that ended.
                    }
                    action.run();
                },
                "input-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
