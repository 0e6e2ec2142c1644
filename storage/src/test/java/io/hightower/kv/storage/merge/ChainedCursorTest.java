package io.hightower.kv.storage.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionCursor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A chain of runs beside one run with the same content. */
class ChainedCursorTest {
    private static final int LINKS = 4;
    private static final int KEYS_PER_LINK = 3;

    private final ListRun whole = new ListRun();
    private final List<ListRun.Cursor> opened = new ArrayList<>();

    /** Keys have even numbers, so that there is something to seek before, between and behind them. */
    private static Bytes key(int number) {
        return Bytes.utf8("key " + (100 + number));
    }

    private VersionCursor chain() {
        List<Chain.Link> links = new ArrayList<>();
        for (int link = 0; link < LINKS; link++) {
            ListRun run = new ListRun();
            for (int place = 0; place < KEYS_PER_LINK; place++) {
                Bytes key = key(2 + 2 * (link * KEYS_PER_LINK + place));
                for (long main = 3; main < 5; main++) {
                    run.add(key, ListRun.value("value", main, 0));
                    whole.add(key, ListRun.value("value", main, 0));
                }
            }
            links.add(new Chain.Link(run.versions().firstKey(), run.versions().lastKey(), () -> {
                ListRun.Cursor cursor = run.cursor();
                opened.add(cursor);
                return cursor;
            }));
        }
        return new Chain(links).cursor();
    }

    private static void assertSame(VersionCursor chain, VersionCursor one) {
        assertThat(chain.key()).isEqualTo(one.key());
        assertThat(chain.current()).isEqualTo(one.current());
    }

    @Test
    void seeksAndWalksAsOneRun() {
        VersionCursor chain = chain();
        VersionCursor one = whole.cursor();
        for (int number = 0; number <= 2 * LINKS * KEYS_PER_LINK + 3; number++) {
            boolean stands = one.seek(key(number));
            assertThat(chain.seek(key(number))).isEqualTo(stands);
            while (stands) {
                assertSame(chain, one);
                assertThat(chain.nextVersion()).isEqualTo(one.nextVersion());
                assertSame(chain, one);
                stands = one.nextKey();
                assertThat(chain.nextKey()).isEqualTo(stands);
            }
            stands = one.seekBefore(key(number));
            assertThat(chain.seekBefore(key(number))).isEqualTo(stands);
            while (stands) {
                assertSame(chain, one);
                stands = one.previousKey();
                assertThat(chain.previousKey()).isEqualTo(stands);
            }
        }
        assertThat(chain.first()).isEqualTo(one.first());
        assertSame(chain, one);
        assertThat(chain.last()).isEqualTo(one.last());
        assertSame(chain, one);
    }

    @Test
    void hasOneLinkOpenAtATime() {
        VersionCursor chain = chain();
        assertThat(opened).isEmpty();
        for (boolean stands = chain.first(); stands; stands = chain.nextKey()) {
            assertThat(opened.stream().filter(cursor -> !cursor.isClosed())).hasSize(1);
        }
        assertThat(opened).hasSize(LINKS);
        chain.close();
        assertThat(opened).allMatch(ListRun.Cursor::isClosed);
    }

    @Test
    void refusesLinksThatOverlap() {
        Chain.Link link = new Chain.Link(key(1), key(3), () -> whole.cursor());
        Chain.Link next = new Chain.Link(key(3), key(5), () -> whole.cursor());
        assertThatThrownBy(() -> new Chain(List.of(link, next))).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void isEmptyWithoutLinks() {
        VersionCursor empty = new Chain(List.of()).cursor();
        assertThat(empty.first() || empty.last() || empty.seek(key(1)) || empty.seekBefore(key(1)))
                .isFalse();
    }
}
