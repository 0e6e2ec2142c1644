package io.hightower.kv.cluster.judged;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.api.KvEngine;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An engine in this process.
 *
 * @param engine which; it belongs to whoever opened it
 */
public record EngineClient(KvEngine engine) implements StoreClient {
    @Override
    public Answer perform(Invocation asked) {
        Bytes key = Bytes.utf8(asked.key());
        return switch (asked.kind()) {
            case PUT -> Answer.put(engine.put(key, Bytes.utf8(asked.value())).revision());
            case GET -> {
                Result.RangeResult read = engine.range(RangeRequest.of(KeyRange.single(key)));
                List<Shown> shown = shown(read);
                yield shown.isEmpty() ? Answer.nothing(read.revision()) : Answer.found(read.revision(), shown.get(0));
            }
            case DELETE -> delete(asked);
            case CAS -> {
                Result.TxnResult answer = engine.txn(new Command.Txn(expected(asked), List.of(put(asked)), List.of()));
                yield Answer.cas(answer.revision(), answer.succeeded());
            }
            case RANGE -> {
                Result.RangeResult read = engine.range(reading(asked));
                yield Answer.range(read.revision(), shown(read));
            }
            case TXN -> txn(asked);
        };
    }

    private Answer delete(Invocation asked) {
        if (asked.end().isEmpty()) {
            Result.DeleteResult answer = engine.delete(Bytes.utf8(asked.key()));
            return Answer.deleted(answer.revision(), answer.existed() ? 1 : 0);
        }
        Result.DeleteRangeResult answer = engine.deleteRange(range(asked));
        return Answer.deleted(answer.revision(), answer.deleted());
    }

    private Answer txn(Invocation asked) {
        List<TxnOp> success = List.of(put(asked), reading(asked));
        Result.TxnResult answer = engine.txn(new Command.Txn(expected(asked), success, List.of(reading(asked))));
        Result last = answer.results().get(answer.results().size() - 1);
        return Answer.txn(answer.revision(), answer.succeeded(), shown((Result.RangeResult) last));
    }

    private static List<Compare> expected(Invocation asked) {
        return List.of(Compare.number(
                KeyRange.single(Bytes.utf8(asked.key())),
                Compare.Target.MODIFY,
                Compare.Operator.EQUAL,
                asked.expectRevision()));
    }

    private static Command.Put put(Invocation asked) {
        return Command.put(Bytes.utf8(asked.key()), Bytes.utf8(asked.value()));
    }

    private static RangeRequest reading(Invocation asked) {
        return RangeRequest.of(range(asked));
    }

    private static KeyRange range(Invocation asked) {
        Bytes key = Bytes.utf8(asked.key());
        return asked.end().isEmpty() ? KeyRange.single(key) : KeyRange.of(key, Bytes.utf8(asked.end()));
    }

    private static List<Shown> shown(Result.RangeResult read) {
        return read.keyValues().stream().map(EngineClient::shown).toList();
    }

    private static Shown shown(KeyValue held) {
        return new Shown(text(held.key()), text(held.value()), held.modRevision(), held.version());
    }

    private static String text(Bytes bytes) {
        return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    }
}
