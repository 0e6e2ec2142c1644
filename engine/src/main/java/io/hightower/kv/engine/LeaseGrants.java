package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RequestRules;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.Leasing;
import io.hightower.kv.statemachine.api.Refusals;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The granting of leases, whose ids it chooses if callers do not: anew if there is a lease with the id already, which among
 * random numbers happens to nobody twice. Thread-safe.
 */
final class LeaseGrants {
    private final Leasing commands;
    private final LongSupplier random;

    /**
     * Has the commands submitted to {@code commands}.
     *
     * @param random numbers of all 64 bits
     */
    LeaseGrants(Leasing commands, LongSupplier random) {
        this.commands = commands;
        this.random = random;
    }

    Result.LeaseResult grant(long id, long ttlSeconds) {
        RequestRules.requireTtl(ttlSeconds);
        Result result = commands.submit(command(id, ttlSeconds));
        while (id == Leasing.CHOOSE_ID && isTaken(result)) {
            result = commands.submit(command(id, ttlSeconds));
        }
        return (Result.LeaseResult) Refusals.thrown(result);
    }

    CompletableFuture<Result.LeaseResult> grantAsync(long id, long ttlSeconds) {
        return Refusals.thrownLater(Result.LeaseResult.class, () -> {
            RequestRules.requireTtl(ttlSeconds);
            return submitAsync(id, ttlSeconds);
        });
    }

    private CompletableFuture<Result> submitAsync(long id, long ttlSeconds) {
        CompletableFuture<Result> answer = commands.submitAsync(command(id, ttlSeconds));
        return id == Leasing.CHOOSE_ID
                ? answer.thenCompose(result ->
                        isTaken(result) ? submitAsync(id, ttlSeconds) : CompletableFuture.completedFuture(result))
                : answer;
    }

    private static boolean isTaken(Result result) {
        return result instanceof Result.Refused refused && refused.refusal() == Refusal.LEASE_EXISTS;
    }

    private Command command(long id, long ttlSeconds) {
        return new Command.GrantLease(id == Leasing.CHOOSE_ID ? newId() : id, ttlSeconds);
    }

    private long newId() {
        long id = random.getAsLong() & Long.MAX_VALUE;
        return id == Leasing.CHOOSE_ID ? 1 : id;
    }
}
