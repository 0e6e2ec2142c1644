package io.hightower.kv.engine.differential;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A watch of etcd, on a stream of its own that a thread of its own reads. Ends with the stream. */
final class EtcdWatch implements Watching {
    private final BufferedReader lines;
    private final JsonNode created;
    private final Patience patience;

    /** Guards what follows. */
    private final Object told = new Object();

    private final EventOrder order = new EventOrder();
    private OptionalLong compacted = OptionalLong.empty();
    private Optional<AssertionError> wrong = Optional.empty();

    /** Reads the first response, and begins to read what follows. */
    EtcdWatch(BufferedReader lines, Patience patience) throws IOException {
        this.lines = lines;
        this.patience = patience;
        this.created = EtcdGateway.parse(lines.readLine()).path("result");
        Thread reader = new Thread(this::read, "etcd-watch");
        reader.setDaemon(true);
        reader.start();
    }

    /** Returns the first response. */
    JsonNode created() {
        return created;
    }

    private void read() {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    take(EtcdGateway.parse(line).path("result"));
                }
            }
        } catch (IOException e) {
            // The stream was ended: by us, or by an etcd that ended, which the next call will show.
        }
    }

    private void take(JsonNode response) {
        List<Event> events = new ArrayList<>();
        response.path("events").forEach(json -> events.add(event(json)));
        synchronized (told) {
            try {
                order.add(events);
            } catch (AssertionError e) {
                wrong = Optional.of(e);
            }
            if (response.path("canceled").asBoolean()) {
                compacted = OptionalLong.of(response.path("compact_revision").asLong());
            }
            told.notifyAll();
        }
    }

    private static Event event(JsonNode json) {
        Answer.Pair changed = EtcdJson.pair(json.path("kv"));
        boolean delete = "DELETE".equals(json.path("type").asText());
        return new Event(
                changed.key(),
                changed.modify(),
                delete ? Optional.empty() : Optional.of(changed),
                EtcdJson.pairIn(json.path("prev_kv")));
    }

    @Override
    public Told told(long through, Predicate<Told> enough) {
        long until = System.nanoTime() + patience.nanos();
        synchronized (told) {
            while (true) {
                wrong.ifPresent(e -> {
                    throw e;
                });
                Told now = new Told(order.events(), compacted);
                long left = until - System.nanoTime();
                if (enough.test(now) || left <= 0) {
                    return now;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(told, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("Interrupted", e);
                }
            }
        }
    }
}
