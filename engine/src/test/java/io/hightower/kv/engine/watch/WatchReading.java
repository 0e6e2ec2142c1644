package io.hightower.kv.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads watches as tests like it: waits within bounds, and fails instead of waiting on. */
final class WatchReading {
    private static final Duration AT_MOST = Duration.ofSeconds(5);

    private WatchReading() {}

    /** Returns the next message, which must be of that kind. */
    static <M extends WatchMessage> M next(Watch watch, Class<M> kind) {
        try {
            WatchMessage message = watch.await(AT_MOST)
                    .orElseThrow(() -> new AssertionError("Nothing came: expected=" + kind.getSimpleName()));
            assertThat(message).isInstanceOf(kind);
            return kind.cast(message);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted", e);
        }
    }

    /** Reads until so many events came, which must be all that came, and returns them. */
    static List<WatchEvent> events(Watch watch, int count) {
        List<WatchEvent> events = new ArrayList<>();
        while (events.size() < count) {
            events.addAll(next(watch, WatchMessage.Events.class).events());
        }
        assertThat(events).hasSize(count);
        return events;
    }

    /** Tells an event in words: {@code 5 put a=1} or {@code 6 delete a}. */
    static String told(WatchEvent event) {
        return event.revision()
                + (event.current().isPresent()
                        ? " put " + event.key().toUtf8() + "="
                                + event.current().get().value().toUtf8()
                        : " delete " + event.key().toUtf8());
    }

    /** Tells events in words. */
    static List<String> told(List<WatchEvent> events) {
        return events.stream().map(WatchReading::told).toList();
    }
}
