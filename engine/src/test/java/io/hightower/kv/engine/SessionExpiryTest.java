package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.Sessions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionExpiryTest {
    private static final long TTL = 10_000;

    private final HandMovedReplication replication = new HandMovedReplication();
    private final SessionExpiry expiry = new SessionExpiry(replication);

    @AfterEach
    void close() {
        replication.close();
    }

    @Test
    void nothingIsProposedBeforeASessionHasExpired() {
        open(1);
        replication.pass(TTL);
        expiry.tend();
        assertThat(replication.proposed).isEmpty();
        replication.pass(1);
        expiry.tend();
        assertThat(sessions()).isZero();
    }

    @Test
    void aSessionThatWasUsedMeanwhileStays() {
        open(1);
        replication.pass(TTL + 1);
        open(2);
        replication.precede(new Command.ExpireSessions(10));
        replication.precede(new Command.OpenSession(1, TTL));
        expiry.tend();
        assertThat(replication.proposed).hasSize(1);
        assertThat(sessions()).isEqualTo(2);
    }

    @Test
    void whoDoesNotLeadProposesNothing() {
        open(1);
        replication.pass(TTL + 1);
        replication.follow();
        expiry.tend();
        assertThat(replication.proposed).isEmpty();
    }

    @Test
    void howeverManyHaveExpiredAllAreForgotten() {
        for (long id = 1; id <= 2500; id++) {
            open(id);
        }
        replication.pass(TTL + 1);
        expiry.tend();
        assertThat(replication.proposed).hasSize(3);
        assertThat(sessions()).isZero();
    }

    @Test
    void useKeepsASessionAlive() {
        open(1);
        replication.pass(TTL);
        replication.apply(new Command.InSession(1, 1, Command.put(Bytes.utf8("k"), Bytes.EMPTY)));
        replication.pass(TTL);
        expiry.tend();
        assertThat(replication.proposed).isEmpty();
        assertThat(sessions()).isEqualTo(1);
    }

    private void open(long id) {
        replication.apply(new Command.OpenSession(id, TTL));
    }

    private int sessions() {
        try (StoreView view = replication.view()) {
            return Sessions.of(view.system()).count();
        }
    }
}
