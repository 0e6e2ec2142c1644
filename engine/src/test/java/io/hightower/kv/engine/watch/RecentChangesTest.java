package io.hightower.kv.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.ChangeFeed.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentChangesTest {
    private static Change change(long revision, int sub, int valueBytes) {
        return new Change(
                new KeyRecord(
                        Bytes.utf8("key " + sub),
                        true,
                        Bytes.wrap(new byte[valueBytes]),
                        revision,
                        new Revision(revision, sub),
                        1,
                        revision),
                Optional.empty());
    }

    private static List<Long> revisions(List<RevisionChanges> held) {
        return held.stream().map(RevisionChanges::revision).toList();
    }

    @Test
    void givesWhatAnEntryChangedRevisionByRevision() {
        RecentChanges recent = new RecentChanges(1 << 20);
        recent.add(List.of(change(5, 0, 1), change(5, 1, 1), change(6, 0, 1), change(7, 0, 1), change(7, 1, 1)));
        recent.add(List.of(change(8, 0, 1)));
        List<RevisionChanges> held = recent.from(0, 100);
        assertThat(revisions(held)).containsExactly(5L, 6L, 7L, 8L);
        assertThat(held.get(0).events().all()).hasSize(2);
        assertThat(held.get(1).events().all()).hasSize(1);
        assertThat(revisions(recent.from(6, 2))).containsExactly(6L, 7L);
        assertThat(recent.from(9, 100)).isEmpty();
        assertThat(recent.last()).isEqualTo(8);
    }

    @Test
    void letsTheOldestGoWhenItsMemoryIsFullAlsoForThoseWhoStillReferToThem() {
        int bytesMax = 64 << 10;
        RecentChanges recent = new RecentChanges(bytesMax);
        List<RevisionChanges> referred = new ArrayList<>();
        for (long revision = 2; revision < 10_000; revision++) {
            recent.add(List.of(change(revision, 0, 1000)));
            referred.addAll(recent.from(revision, 1));
        }
        List<RevisionChanges> held = recent.from(0, Integer.MAX_VALUE);
        assertThat(held.stream().mapToLong(RevisionChanges::bytes).sum()).isBetween(bytesMax / 2L, (long) bytesMax);
        assertThat(held.get(held.size() - 1).revision()).isEqualTo(9_999);
        long alive =
                referred.stream().filter(changes -> changes.events() != null).count();
        assertThat(alive).isEqualTo(held.size());
    }

    @Test
    void keepsARevisionThatIsLargerThanItsMemoryUntilTheNext() {
        RecentChanges recent = new RecentChanges(4 << 10);
        recent.add(List.of(change(2, 0, 1)));
        recent.add(List.of(change(3, 0, 1 << 20)));
        assertThat(revisions(recent.from(0, 10))).containsExactly(3L);
        recent.add(List.of(change(4, 0, 1)));
        assertThat(revisions(recent.from(0, 10))).containsExactly(4L);
    }

    @Test
    void beginsAnewBehindAGap() {
        RecentChanges recent = new RecentChanges(4 << 10);
        recent.add(List.of(change(2, 0, 1)));
        recent.add(List.of(change(9, 0, 1)));
        assertThat(revisions(recent.from(0, 10))).containsExactly(9L);
    }
}
