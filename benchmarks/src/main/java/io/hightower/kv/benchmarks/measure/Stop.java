package io.hightower.kv.benchmarks.measure;

/** The wish to end early, of whoever pressed Ctrl-C. <b>Thread-safe.</b> */
public final class Stop {
    private volatile boolean requested;

    /** Asks everybody to end soon. */
    public void request() {
        requested = true;
    }

    /** Tells whether to end. */
    public boolean isRequested() {
        return requested;
    }

    /** Ends the caller if that was asked for. */
    public void check() {
        if (requested) {
            throw new Stopped();
        }
    }

    /** The run ends early because somebody asked for it. */
    public static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped before the end");
        }
    }
}
