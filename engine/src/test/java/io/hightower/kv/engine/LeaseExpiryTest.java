package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases as users of the library see them. */
class LeaseExpiryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Bytes KEY = Bytes.utf8("session");

    private static void attach(LocalEngine store, long lease) {
        store.put(new Command.Put(KEY, Bytes.utf8("here"), Command.NO_VERSION, PutOptions.lease(lease)));
    }

    @Test
    void aLeaseThatNobodyRenewsTakesItsKeysAlongAndNotBeforeItsTime() {
        try (LocalEngine store = Hightower.inMemory()) {
            long granted = System.nanoTime();
            store.grantLease(7, 1);
            attach(store, 7);
            assertThat(store.get(KEY)).isPresent();

            await().atMost(PATIENCE).until(() -> store.get(KEY).isEmpty());
            assertThat(System.nanoTime() - granted).isGreaterThanOrEqualTo(1_000_000_000L);
            assertThat(store.renewLease(7).ttlSeconds()).isZero();
        }
    }

    @Test
    void aLeaseThatIsRenewedStays() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.grantLease(7, 2);
            store.grantLease(8, 1);
            attach(store, 7);
            await().atMost(PATIENCE).until(() -> {
                assertThat(store.renewLease(7).ttlSeconds()).isEqualTo(2);
                return store.applied().logicalTimeMillis() > 3_000;
            });
            assertThat(store.get(KEY)).isPresent();
            assertThat(store.renewLease(8).ttlSeconds()).isZero();
        }
    }

    @Test
    void theTimeThatWasLeftIsLeftAfterARestart(@TempDir Path directory) {
        try (LocalEngine store = Hightower.open(directory)) {
            store.grantLease(7, 1000);
            attach(store, 7);
        }
        try (LocalEngine store = Hightower.open(directory)) {
            assertThat(store.get(KEY)).isPresent();
            assertThat(store.applied().logicalTimeMillis()).isLessThan(1_000_000);
            assertThat(store.revokeLease(7).deleted()).isEqualTo(1);
            assertThat(store.get(KEY)).isEmpty();
        }
    }

    @Test
    void timeIsWrittenDownWhileThereAreLeasesThoughNobodyWrites() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.grantLease(7, 1000);
            long before = store.applied().logicalTimeMillis();
            await().atMost(PATIENCE).until(() -> store.applied().logicalTimeMillis() > before + 1_000);
        }
    }

    @Test
    void aLeaseThatIsNotThereIsRefused() {
        try (LocalEngine store = Hightower.inMemory()) {
            assertThatThrownBy(() -> attach(store, 7))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.LEASE_NOT_FOUND));
            store.grantLease(7, 5);
            assertThatThrownBy(() -> store.grantLease(7, 5))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.LEASE_EXISTS));
        }
    }
}
