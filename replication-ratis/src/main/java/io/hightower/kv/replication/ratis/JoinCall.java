package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Admission;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Answer;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Question;
import io.hightower.kv.replication.ratis.security.PeerSecurity;
import io.hightower.kv.statemachine.MemberRefusedException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;

/**
 * The question of a member with an empty directory to the members of a cluster that exists: who am I? One after the other is
 * asked, until one knows, or one says that it is of no use, or the time is up.
 */
final class JoinCall {
    private static final Duration CALL_DUE = Duration.ofSeconds(2);
    private static final long BETWEEN_ROUNDS_MILLIS = 200;

    private final RatisOptions options;
    private final PeerSecurity security;
    private final FormatRange formats;
    private String lastReason = "no address of another member was given";

    JoinCall(RatisOptions options, PeerSecurity security, FormatRange formats) {
        this.options = options;
        this.security = security;
        this.formats = formats;
    }

    /**
     * Asks.
     *
     * @throws MemberRefusedException if this member is not one that was added
     * @throws ReadUnavailableException if nobody could be asked
     */
    Admission ask() {
        String own = options.identity().address();
        List<String> others = options.identity().initialCluster().values().stream()
                .filter(address -> !address.equals(own))
                .toList();
        long deadline = System.nanoTime() + options.timeouts().request().toNanos();
        do {
            for (String other : others) {
                Optional<Admission> admission =
                        ask(other, new Question(options.identity().token(), own, formats));
                if (admission.isPresent()) {
                    return admission.get();
                }
            }
        } while (!others.isEmpty() && System.nanoTime() - deadline < 0 && rested());
        throw new ReadUnavailableException(
                "No member of the cluster could say who this one is. Start it again when the cluster"
                        + " works, and check the initial cluster: asked=" + others + " own=" + own + " last="
                        + lastReason);
    }

    private static boolean rested() {
        try {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_ROUNDS_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Admission> ask(String other, Question question) {
        ManagedChannel channel = security.applyTo(NettyChannelBuilder.forTarget(other))
                .proxyDetector(target -> null)
                .disableRetry()
                .build();
        try {
            byte[] bytes = ClientCalls.blockingUnaryCall(
                    channel,
                    MemberProtocol.WHO_AM_I,
                    CallOptions.DEFAULT.withDeadlineAfter(CALL_DUE.toMillis(), TimeUnit.MILLISECONDS),
                    question.encode());
            Answer answer = Answer.decode(bytes).orElseGet(() -> Answer.later("an answer that cannot be read"));
            if (answer.admission().isEmpty() && answer.isFinal()) {
                throw new MemberRefusedException(answer.reason() + ": asked=" + other + " name="
                        + options.identity().name());
            }
            lastReason = answer.reason();
            return answer.admission();
        } catch (StatusRuntimeException e) {
            lastReason = e.getStatus().toString();
            return Optional.empty();
        } finally {
            channel.shutdownNow();
        }
    }
}
