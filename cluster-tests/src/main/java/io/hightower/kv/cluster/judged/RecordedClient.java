package io.hightower.kv.cluster.judged;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Recorder;
import io.hightower.kv.cluster.check.history.Status;
import io.hightower.kv.cluster.guarantees.recording.Ends;
import java.util.Optional;

/**
 * A client whose doings are noted. After an operation of unknown outcome it goes on as another client, because that one may
 * still be at work. <b>Used by one thread at a time.</b>
 */
public final class RecordedClient {
    private final RecordedCluster cluster;
    private final Recorder recorder;
    private StoreClient store;
    private int number;

    RecordedClient(RecordedCluster cluster, Recorder recorder, StoreClient store) {
        this.cluster = cluster;
        this.recorder = recorder;
        this.store = store;
        this.number = recorder.newClient();
    }

    /** Goes on through another way to the same store, such as a member that was opened again. */
    public void moveTo(StoreClient other) {
        store = other;
    }

    /** Writes a value. */
    public Attempt put(String key, String value) {
        return perform(Invocation.put(key, value));
    }

    /** Reads a key. */
    public Attempt get(String key) {
        return perform(Invocation.get(key));
    }

    /** Removes a key. */
    public Attempt delete(String key) {
        return perform(Invocation.delete(key));
    }

    /** Writes a value if the key was changed last by a revision; see {@link Invocation#cas}. */
    public Attempt cas(String key, long expectRevision, String value) {
        return perform(Invocation.cas(key, expectRevision, value));
    }

    /** Reads the keys of {@code [key, end)}. */
    public Attempt range(String key, String end) {
        return perform(Invocation.range(key, end));
    }

    /** Compares, writes and reads at one moment; see {@link Invocation#txn}. */
    public Attempt txn(String key, long expectRevision, String value, String end) {
        return perform(Invocation.txn(key, expectRevision, value, end));
    }

    /**
     * Does an operation. What the store throws is noted and returned, not thrown.
     *
     * @throws UnsupportedOperationException if the way to the store does not offer it
     */
    public Attempt perform(Invocation asked) {
        Recorder.Call call = recorder.call(number, asked);
        try {
            Answer told = store.perform(asked);
            call.ok(told);
            return new Attempt(Status.OK, told, Optional.empty());
        } catch (UnsupportedOperationException e) {
            call.fail();
            throw e;
        } catch (RuntimeException e) {
            cluster.failed(e);
            return new Attempt(ended(call, asked, e), Answer.NONE, Optional.of(e));
        } catch (Error e) {
            call.info();
            throw e;
        }
    }

    private Status ended(Recorder.Call call, Invocation asked, RuntimeException thrown) {
        if (!asked.writes() || Ends.certainlyWithoutEffect(thrown)) {
            call.fail();
            return Status.FAIL;
        }
        call.info();
        number = recorder.newClient();
        return Status.INFO;
    }
}
