package io.hightower.kv.statemachine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchEventTest {
    private static final KeyRecord WRITTEN =
            new KeyRecord(Bytes.utf8("k"), true, Bytes.utf8("new"), 2, new Revision(3, 0), 2, 3);
    private static final KeyRecord BEFORE =
            new KeyRecord(Bytes.utf8("k"), true, Bytes.utf8("old"), 2, new Revision(2, 0), 1, 2);

    private final WatchEvent event = new WatchEvent(WRITTEN, Optional.of(BEFORE.toKeyValue()));

    @Test
    void aFormIsMadeOnceAndSharedByAllWhoAsk() {
        AtomicInteger made = new AtomicInteger();
        WatchEvent.Form<String> words = new WatchEvent.Form<>(each -> each.key().toUtf8() + made.incrementAndGet());
        WatchEvent.Form<Integer> lengths = new WatchEvent.Form<>(WatchEvent::bytes);
        String first = event.in(words);
        assertThat(event.in(lengths)).isEqualTo(event.bytes());
        assertThat(event.in(words)).isSameAs(first).isEqualTo("k1");
    }

    @Test
    void whoDidNotAskForWhatWasBeforeSharesAnEventWithoutIt() {
        assertThat(event.withoutPrevious().previous()).isEmpty();
        assertThat(event.withoutPrevious()).isSameAs(event.withoutPrevious());
        assertThat(event.withoutPrevious().current()).isEqualTo(event.current());
    }
}
