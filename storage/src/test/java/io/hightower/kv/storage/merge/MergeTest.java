package io.hightower.kv.storage.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.table.CacheUse;
import io.hightower.kv.storage.table.Compression;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import io.hightower.kv.storage.table.TableOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MergeTest {
    private static final MergeOptions OPTIONS =
            MergeOptions.defaults().withSizes(32 << 10, 64 << 10).verifying();
    private static final int KEYS = 2000;

    private final SimulatedDisk disk = SimulatedDisk.empty();
    private long numbers;

    private Merge merge(SimulatedDisk target) {
        return Merge.to(target, () -> new TableId(++numbers, Metas.STORE_ID), OPTIONS);
    }

    private static Bytes key(int number) {
        return Bytes.utf8("key " + (10_000 + number));
    }

    private static ListRun run(long main) {
        ListRun run = new ListRun();
        for (int number = 0; number < KEYS; number++) {
            run.add(key(number), ListRun.value("the same value again and again ".repeat(3), main + number, 0));
        }
        return run;
    }

    private TableMeta flushed(ListRun run) {
        return merge(disk)
                .flush(run.cursor(), Long.MAX_VALUE, Retention.OlderRuns.ANYTHING)
                .orElseThrow()
                .tables()
                .get(0);
    }

    private VersionCursor open(TableMeta meta) {
        MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
        Table table = Table.open(disk, meta, BlockCache.within(budget), budget);
        VersionCursor cursor = table.cursor(CacheUse.NONE);
        table.release();
        return cursor;
    }

    /** Two flushed runs with the same keys, to be merged to a level. */
    private MergePlan twoRuns(int level) {
        List<TableMeta> runs = List.of(flushed(run(KEYS + 10)), flushed(run(2)));
        return new MergePlan(List.of(runs), level, false, List.of(), MergePlan.Reason.ALL);
    }

    @Test
    void keepsTheNewestVersionOfEachKey() {
        MergeResult result =
                merge(disk).run(twoRuns(1), Long.MAX_VALUE, this::open).orElseThrow();
        assertThat(result.versionsIn()).isEqualTo(2 * KEYS);
        assertThat(result.versionsOut()).isEqualTo(KEYS);
        assertThat(result.versionsDropped()).isEqualTo(KEYS);
        int number = 0;
        for (TableMeta table : result.tables()) {
            try (VersionCursor cursor = open(table)) {
                for (boolean stands = cursor.first(); stands; stands = cursor.nextKey()) {
                    assertThat(cursor.key()).isEqualTo(key(number));
                    assertThat(cursor.main()).isEqualTo(KEYS + 10 + number);
                    assertThat(cursor.nextVersion()).isFalse();
                    number++;
                }
            }
        }
        assertThat(number).isEqualTo(KEYS);
    }

    @Test
    void splitsItsOutputAtTheWantedSizeButNotAFlush() {
        MergeResult result =
                merge(disk).run(twoRuns(1), Long.MAX_VALUE, this::open).orElseThrow();
        assertThat(result.tables()).hasSizeGreaterThan(4);
        assertThat(result.tables()).allMatch(table -> table.length() < 48 << 10);
        assertThat(result.tables().subList(0, 4)).allMatch(table -> table.length() >= 32 << 10);
        assertThat(flushed(run(2)).length()).isGreaterThan(5 * (32 << 10));
    }

    @Test
    void neverSplitsTheVersionsOfAKey() {
        ListRun run = new ListRun();
        for (int main = 2; main < 5000; main++) {
            run.add(key(main / 2000), ListRun.value("value " + main, main, 0));
        }
        TableMeta flushed = merge(disk)
                .flush(run.cursor(), 0, Retention.OlderRuns.NONE)
                .orElseThrow()
                .tables()
                .get(0);
        MergePlan plan = new MergePlan(List.of(List.of(flushed)), 1, false, List.of(), MergePlan.Reason.ALL);
        MergeResult result = merge(disk).run(plan, 0, this::open).orElseThrow();
        assertThat(result.versionsOut()).isEqualTo(4998);
        assertThat(result.tables()).hasSizeGreaterThan(1);
        assertThat(result.tables().stream().mapToLong(TableMeta::keys).sum()).isEqualTo(3);
    }

    @Test
    void compressesAsItsTableOptionsSay() {
        long uncompressed = mergedBytes(Compression.NONE);
        assertThat(mergedBytes(Compression.LZ4)).isLessThan(uncompressed / 2);
    }

    private long mergedBytes(Compression compression) {
        TableOptions table = new TableOptions(4 << 10, compression, 10);
        MergeOptions options = new MergeOptions(4, 32 << 10, 64 << 10, 10, 25, table, true, false);
        return Merge.to(disk, () -> new TableId(++numbers, Metas.STORE_ID), options)
                .run(twoRuns(1), Long.MAX_VALUE, this::open)
                .orElseThrow()
                .bytes();
    }

    @Test
    void writesNoTableIfNothingIsKept() {
        ListRun run = new ListRun();
        run.add(key(1), ListRun.tombstone(3, 0));
        run.add(key(1), ListRun.erased(3, 0));
        MergeResult result =
                merge(disk).flush(run.cursor(), 3, Retention.OlderRuns.NONE).orElseThrow();
        assertThat(result).isEqualTo(new MergeResult(List.of(), 2, 0, 2));
        assertThat(disk.list()).isEmpty();
        assertThat(merge(disk)
                        .flush(run.cursor(), 3, Retention.OlderRuns.ANYTHING)
                        .orElseThrow()
                        .tables())
                .hasSize(1);
    }

    @Test
    void leavesNothingBehindWhenItIsCancelled() {
        MergePlan plan = twoRuns(1);
        List<String> before = disk.list();
        AtomicInteger keys = new AtomicInteger();
        Merge cancelled = merge(disk).cancelledBy(() -> keys.incrementAndGet() > KEYS / 2);
        assertThat(cancelled.run(plan, Long.MAX_VALUE, this::open)).isEmpty();
        assertThat(numbers).isGreaterThan(4);
        assertThat(disk.list()).isEqualTo(before);
    }

    @Test
    void leavesNothingBehindWhenItFails() {
        MergePlan plan = twoRuns(1);
        List<String> before = disk.list();
        for (long nth = 1; nth < 6; nth++) {
            disk.failOnce(OperationKind.WRITE, nth);
            assertThatThrownBy(() -> merge(disk).run(plan, Long.MAX_VALUE, this::open))
                    .isInstanceOf(StorageException.class);
            assertThat(disk.list()).isEqualTo(before);
        }
        disk.heal();
        disk.capacity(plan.inputBytes() + (100 << 10));
        assertThatThrownBy(() -> merge(disk).run(plan, Long.MAX_VALUE, this::open))
                .isInstanceOf(DiskFullException.class);
        assertThat(disk.list()).isEqualTo(before);
    }

    @Test
    void leavesNothingBehindWhenAnInputIsDamaged() {
        MergePlan plan = twoRuns(1);
        List<String> before = disk.list();
        disk.flipBit(plan.tables().get(0).fileName(), plan.tables().get(0).length() / 2, 3);
        assertThatThrownBy(() -> merge(disk).run(plan, Long.MAX_VALUE, this::open))
                .isInstanceOf(CorruptionException.class);
        assertThat(disk.list()).isEqualTo(before);
    }

    @Test
    void refusesAnInputThatHasLostVersions() {
        MergePlan plan = twoRuns(1);
        List<String> before = disk.list();
        TableMeta newer = plan.tables().get(0);
        TableMeta claimed = Metas.withVersions(newer, newer.versions() + 1, newer.minMain(), newer.maxMain());
        MergePlan other = new MergePlan(
                List.of(List.of(claimed, plan.tables().get(1))), 1, false, List.of(), MergePlan.Reason.ALL);
        assertThatThrownBy(() ->
                        merge(disk).run(other, Long.MAX_VALUE, table -> open(table.equals(claimed) ? newer : table)))
                .isInstanceOf(InvariantViolation.class);
        assertThat(disk.list()).isEqualTo(before);
    }

    @Test
    void refusesToRewriteWhatOnlyMoves() {
        assertThatThrownBy(() -> merge(disk).run(twoRuns(1).asTrivialMove(), 0, this::open))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void itsTablesSurvivePowerLoss() {
        MergeResult result =
                merge(disk).run(twoRuns(1), Long.MAX_VALUE, this::open).orElseThrow();
        disk.cutPower();
        for (LossPolicy policy : LossPolicy.values()) {
            SimulatedDisk found = disk.reopenAfterPowerLoss(policy, 7);
            for (TableMeta meta : result.tables()) {
                MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
                Table table = Table.open(found, meta, BlockCache.within(budget), budget);
                table.verify();
                table.release();
            }
        }
    }

    @Test
    void tellsThePacerWhatItWrites() {
        List<Long> steps = new ArrayList<>();
        ListRun run = new ListRun();
        for (int number = 0; number < 20_000; number++) {
            run.add(key(number), ListRun.value("a value of one hundred bytes or so ".repeat(3), 2, 0));
        }
        long length = merge(disk)
                .pacedBy(steps::add)
                .flush(run.cursor(), 2, Retention.OlderRuns.NONE)
                .orElseThrow()
                .bytes();
        assertThat(steps).hasSizeGreaterThan(5).allMatch(bytes -> bytes >= 256 << 10 && bytes < 300 << 10);
        assertThat(steps.stream().mapToLong(Long::longValue).sum()).isBetween(length - (512 << 10), length);
    }

    @Test
    void closesWhatItReads() {
        ListRun.Cursor cursor = run(2).cursor();
        assertThat(merge(disk).flush(cursor, 2, Retention.OlderRuns.NONE)).isPresent();
        assertThat(cursor.isClosed()).isTrue();
    }
}
