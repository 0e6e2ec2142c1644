package io.hightower.kv.storage.table;

import static io.hightower.kv.storage.table.TableFixture.SMALL_BLOCKS;
import static io.hightower.kv.storage.table.TableFixture.find;
import static io.hightower.kv.storage.table.TableFixture.key;
import static io.hightower.kv.storage.table.TableFixture.numbered;
import static io.hightower.kv.storage.table.TableFixture.scan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final BlockCache cache = BlockCache.within(budget);
    private final SimulatedDisk disk = SimulatedDisk.empty();

    private Table open(VersionMap map) {
        return Table.open(disk, map.write(disk, SMALL_BLOCKS), cache, budget);
    }

    @Test
    void aLookupForAMissingKeyReadsABlockOnceInAHundredTimes() {
        Table table = open(numbered(20_000, 20));
        disk.failFrom(OperationKind.READ, 1);
        int reads = 0;
        for (int i = 0; i < 20_000; i++) {
            String missing = key(i) + "x";
            try {
                assertThat(find(table, missing)).isNull();
            } catch (StorageException e) {
                // Nothing can be read, so every lookup that wants to comes here.
                reads++;
            }
        }
        assertThat(reads).isBetween(100, 300);
    }

    @Test
    void aSecondLookupReadsNothing() {
        Table table = open(numbered(300, 100));
        assertThat(find(table, key(5))).isNotNull();
        disk.failFrom(OperationKind.READ, 1);

        assertThat(find(table, key(5))).isNotNull();
        assertThat(find(table, key(6))).isNotNull();
        assertThatThrownBy(() -> find(table, key(250))).isInstanceOf(StorageException.class);
    }

    @Test
    void theCacheStaysWithinTheBudgetHoweverMuchIsRead() {
        VersionMap map = numbered(20_000, 200);
        Table table = open(map);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 20_000; i++) {
                assertThat(find(table, key(i * 7919 % 20_000))).isNotNull();
                assertThat(budget.used()).isLessThanOrEqualTo(budget.total());
            }
        }
        assertThat(cache.evictions()).isPositive();
        assertThat(budget.used(MemoryUse.BLOCK_CACHE)).isGreaterThan(budget.total() / 2);
        assertThat(scan(table, CacheUse.SCAN)).isEqualTo(scan(map.cursor()));
        assertThat(budget.used()).isLessThanOrEqualTo(budget.total());
    }

    @Test
    void aLongScanLeavesTheCacheToLookups() {
        Table table = open(numbered(20_000, 200));
        for (int i = 0; i < 500; i++) {
            find(table, key(i));
        }
        scan(table, CacheUse.SCAN);
        disk.failFrom(OperationKind.READ, 1);

        for (int i = 0; i < 500; i++) {
            assertThat(find(table, key(i))).isNotNull();
        }
    }

    @Test
    void mergingDoesNotTouchTheCache() {
        Table table = open(numbered(2000, 200));
        scan(table, CacheUse.NONE);
        assertThat(cache.blocks()).isZero();
    }

    @Test
    void theFileIsClosedWithTheLastReference(@TempDir Path directory) {
        FileDisk files = FileDisk.open(directory);
        TableMeta meta = numbered(2000, 100).write(files, SMALL_BLOCKS);
        Table table = Table.open(files, meta, cache, budget);
        table.retain();
        VersionCursor cursor = table.cursor();
        table.release();
        files.delete(meta.fileName());

        assertThat(find(table, key(7))).isNotNull();
        table.release();
        assertThat(scan(cursor)).hasSize(2000);
        cursor.close();
        cursor.close();

        assertThat(budget.used()).isZero();
        assertThat(cache.blocks()).isZero();
        assertThatThrownBy(table::retain).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(cursor::first).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void aTableThatCannotBeOpenedTakesNoMemory() {
        TableMeta meta = numbered(10, 10).write(disk, SMALL_BLOCKS);
        disk.flipBit(meta.fileName(), meta.length() - 1, 0);

        assertThatThrownBy(() -> Table.open(disk, meta, cache, budget)).isInstanceOf(StorageException.class);
        assertThat(budget.used()).isZero();
    }

    /** Three thousand versions of one key, so that many blocks hold nothing else, between two keys of one version each. */
    @Test
    void aKeyMayGoOnThroughManyBlocks() {
        VersionMap map = new VersionMap().add("a", VersionMap.value(1, 0, "first"));
        for (int i = 0; i < 3000; i++) {
            map.add("many", VersionMap.value(10_000 - 2L * i, 0, "version " + i));
        }
        map.add("z", VersionMap.value(2, 0, "last"));
        Table table = open(map);
        Bytes many = Bytes.utf8("many");

        assertThat(table.index().blocks()).isGreaterThan(4);
        assertThat(table.find(many, many.hash64(), 5001).main()).isEqualTo(5000);
        assertThat(table.find(many, many.hash64(), 4001)).isNull();
        try (VersionCursor cursor = table.cursor()) {
            assertThat(cursor.seekBefore(Bytes.utf8("z"))).isTrue();
            assertThat(cursor.main()).isEqualTo(10_000);
            while (cursor.main() > 5000) {
                assertThat(cursor.nextVersion()).isTrue();
            }
            assertThat(cursor.nextKey()).isTrue();
            assertThat(cursor.key()).isEqualTo(Bytes.utf8("z"));
            assertThat(cursor.previousKey()).isTrue();
            assertThat(cursor.main()).isEqualTo(10_000);
            while (cursor.main() > 5000) {
                assertThat(cursor.nextVersion()).isTrue();
            }
            assertThat(cursor.previousKey()).isTrue();
            assertThat(cursor.key()).isEqualTo(Bytes.utf8("a"));
        }
    }

    @Test
    void aCursorThatStandsNowhereHasNoNeighbours() {
        Table table = open(numbered(10, 10));
        VersionCursor cursor = table.cursor();

        assertThatThrownBy(cursor::nextKey).isInstanceOf(InvariantViolation.class);
        assertThat(cursor.seek(Bytes.utf8("z"))).isFalse();
        assertThatThrownBy(cursor::previousKey).isInstanceOf(InvariantViolation.class);
        assertThat(cursor.last()).isTrue();
        assertThat(cursor.nextKey()).isFalse();
        assertThatThrownBy(cursor::nextVersion).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void manyThreadsReadTheSameTableWithASmallCache() throws Exception {
        VersionMap map = numbered(6000, 300);
        Table table = open(map);
        List<Object> expected = scan(map.cursor());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int step = 2 * thread + 1;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        String key = key(i * step % 6000);
                        assertThat(find(table, key))
                                .isEqualTo(map.versions.get(Bytes.utf8(key)).get(0));
                    }
                    assertThat(scan(table, CacheUse.SCAN)).isEqualTo(expected);
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(budget.used()).isLessThanOrEqualTo(budget.total());
        table.release();
        assertThat(budget.used()).isZero();
    }
}
