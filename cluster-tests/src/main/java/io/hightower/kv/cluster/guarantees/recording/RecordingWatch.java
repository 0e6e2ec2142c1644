package io.hightower.kv.cluster.guarantees.recording;

import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A watch that gives what another one gives, and notes it. <b>Thread-safe</b>, for one reader at a time. */
public final class RecordingWatch implements Watch {
    private final Watch watch;
    private final Recorder.Session session;

    RecordingWatch(Watch watch, Recorder.Session session) {
        this.watch = watch;
        this.session = session;
    }

    /** Returns what was given so far: whoever goes on elsewhere begins behind {@link WatchSession#completeThrough}. */
    public WatchSession soFar() {
        return session.soFar();
    }

    private Optional<WatchMessage> noted(Optional<WatchMessage> given) {
        given.ifPresent(session::received);
        return given;
    }

    @Override
    public Optional<WatchMessage> poll() {
        return noted(watch.poll());
    }

    @Override
    public Optional<WatchMessage> await(Duration atMost) throws InterruptedException {
        return noted(watch.await(atMost));
    }

    @Override
    public void onReady(Runnable ready) {
        watch.onReady(ready);
    }

    @Override
    public void requestProgress() {
        watch.requestProgress();
    }

    @Override
    public OptionalLong through() {
        return watch.through();
    }

    @Override
    public void close() {
        watch.close();
    }
}
