package io.hightower.kv.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class BlockCacheTest {
    private static final int BLOCK_BYTES = 64 << 10;

    /** So many blocks fit. */
    private static final int FITTING = 15;

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final BlockCache cache = BlockCache.within(budget);
    private final AtomicReferenceArray<SomeBlock> slots = new AtomicReferenceArray<>(100);

    private static final class SomeBlock extends CachedBlock {
        SomeBlock(int bytes) {
            super(bytes);
        }
    }

    private SomeBlock insert(int slot, boolean asUsed) {
        return cache.insert(slots, slot, new SomeBlock(BLOCK_BYTES), asUsed);
    }

    private boolean isCached(int slot) {
        return slots.get(slot) != null;
    }

    @Test
    void keepsWhatFits() {
        for (int slot = 0; slot < FITTING; slot++) {
            insert(slot, false);
        }
        assertThat(cache.blocks()).isEqualTo(FITTING);
        assertThat(cache.evictions()).isZero();
        assertThat(budget.used(MemoryUse.BLOCK_CACHE))
                .isEqualTo((long) FITTING * slots.get(0).weightBytes());
    }

    @Test
    void theOldestGoesFirst() {
        for (int slot = 0; slot < FITTING + 3; slot++) {
            insert(slot, false);
        }
        assertThat(isCached(0) || isCached(1) || isCached(2)).isFalse();
        assertThat(isCached(3)).isTrue();
        assertThat(cache.evictions()).isEqualTo(3);
    }

    @Test
    void whatWasUsedIsSparedOnce() {
        for (int slot = 0; slot < FITTING; slot++) {
            insert(slot, false);
        }
        slots.get(0).touch();
        insert(50, false);
        assertThat(isCached(0)).isTrue();
        assertThat(isCached(1)).isFalse();
        for (int slot = 51; slot < 50 + FITTING; slot++) {
            insert(slot, false);
        }
        assertThat(isCached(0)).isFalse();
    }

    @Test
    void whatWasScannedLeavesBeforeWhatWasLookedUp() {
        for (int slot = 0; slot < 10; slot++) {
            insert(slot, true);
        }
        for (int slot = 10; slot < 20; slot++) {
            insert(slot, false);
        }
        for (int slot = 0; slot < 10; slot++) {
            assertThat(isCached(slot)).isTrue();
        }
        assertThat(isCached(10)).isFalse();
    }

    @Test
    void whatIsUsedOftenIsSparedOftener() {
        for (int slot = 0; slot < FITTING; slot++) {
            insert(slot, false);
        }
        for (int use = 0; use < 100; use++) {
            slots.get(7).touch();
        }
        for (int slot = 20; slot < 20 + 3 * FITTING; slot++) {
            insert(slot, false);
        }
        assertThat(isCached(7)).isTrue();
        for (int slot = 70; slot < 70 + FITTING; slot++) {
            insert(slot, false);
        }
        assertThat(isCached(7)).isFalse();
    }

    @Test
    void theFirstOfTwoLoadersWins() {
        SomeBlock first = insert(1, true);
        SomeBlock second = insert(1, true);
        assertThat(second).isSameAs(first);
        assertThat(cache.blocks()).isEqualTo(1);
    }

    @Test
    void givesWayWhenOthersNeedTheMemory() {
        for (int slot = 0; slot < FITTING; slot++) {
            insert(slot, true);
        }
        budget.charge(MemoryUse.MEMTABLES, 700_000);
        assertThat(budget.used()).isLessThanOrEqualTo(budget.total());
        assertThat(cache.blocks()).isEqualTo(5);
        budget.charge(MemoryUse.MEMTABLES, 700_000);
        assertThat(budget.used(MemoryUse.BLOCK_CACHE)).isLessThanOrEqualTo(budget.total() / 16);
    }

    @Test
    void aBlockThatNeverFitsIsStillHandedOut() {
        SomeBlock huge = new SomeBlock(4 << 20);
        assertThat(cache.insert(slots, 0, huge, true)).isSameAs(huge);
        assertThat(isCached(0)).isFalse();
        assertThat(budget.used()).isZero();
    }

    @Test
    void forgetsATableThatIsClosed() {
        AtomicReferenceArray<SomeBlock> others = new AtomicReferenceArray<>(3);
        cache.insert(others, 2, new SomeBlock(1000), true);
        insert(1, true);
        cache.removeAll(slots);
        assertThat(cache.blocks()).isEqualTo(1);
        assertThat(others.get(2)).isNotNull();
        cache.removeAll(others);
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsInTheSlotsIsWhatIsCounted(TestInfo test) {
        SeededRuns.of(test).checkEach(random -> {
            MemoryBudget someBudget = new MemoryBudget(1 << 20);
            BlockCache someCache = BlockCache.within(someBudget);
            AtomicReferenceArray<SomeBlock> someSlots = new AtomicReferenceArray<>(200);
            for (int i = 0; i < 3000; i++) {
                int slot = random.nextInt(200);
                SomeBlock present = someSlots.get(slot);
                if (present != null && random.nextBoolean()) {
                    present.touch();
                } else {
                    someCache.insert(someSlots, slot, new SomeBlock(random.nextInt(40_000)), random.nextBoolean());
                }
                long weight = 0;
                long blocks = 0;
                for (int each = 0; each < 200; each++) {
                    SomeBlock block = someSlots.get(each);
                    weight += block == null ? 0 : block.weightBytes();
                    blocks += block == null ? 0 : 1;
                }
                assertThat(someBudget.used(MemoryUse.BLOCK_CACHE)).isEqualTo(weight);
                assertThat(weight).isLessThanOrEqualTo(someBudget.total());
                assertThat(someCache.blocks()).isEqualTo(blocks);
            }
        });
    }
}
