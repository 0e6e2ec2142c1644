package io.hightower.kv.statemachine.session;

/** What sessions need of the world around them. <b>Thread-safe.</b> */
public interface Surroundings {
    /** Returns a random number of all 64 bits, not the same as that of any other process. */
    long random();

    /**
     * Has a task run after a time. It may block and throws nothing. Whoever ends this has what is left run at once, on whatever
     * thread, so that nobody waits for a time that does not come.
     *
     * @param nanos 0 or more
     */
    Appointment later(long nanos, Runnable task);

    /** A task that is to run later. */
    interface Appointment {
        /** Gives it up, if it has not begun. */
        void cancel();
    }
}
