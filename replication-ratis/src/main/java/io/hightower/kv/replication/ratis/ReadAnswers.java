package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * What a member says to others that ask whether it leads: each question is answered by a confirmation that began after it came.
 *
 * <p>Thread-safe.
 */
final class ReadAnswers {
    private final ConfirmationRounds confirmations;

    ReadAnswers(ConfirmationRounds confirmations) {
        this.confirmations = confirmations;
    }

    /** Begins to hear one member. */
    StreamObserver<byte[]> hear(StreamObserver<byte[]> answers) {
        Asker asker = new Asker((ServerCallStreamObserver<byte[]>) answers);
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] frame) {
                long number = ReadFrame.readQuestion(frame);
                Completion.observe(confirmations.confirm(), (index, failure) -> {
                    if (index != null) {
                        asker.tell(new ReadFrame.Answer(number, index));
                    } else {
                        // Not leading is what makes the other member look again.
                        asker.tell(new ReadFrame.Answer(number, ConfirmationRounds.NOT_LEADING));
                    }
                });
            }

            @Override
            public void onError(Throwable cause) {
                // The asking member is gone.
            }

            @Override
            public void onCompleted() {
                asker.end();
            }
        };
    }

    /** The answers to one member, sent by several threads. */
    private static final class Asker {
        private final ServerCallStreamObserver<byte[]> stream;
        private final ReentrantLock lock = new ReentrantLock();

        /** Guarded by the lock. */
        private boolean ended;

        Asker(ServerCallStreamObserver<byte[]> stream) {
            this.stream = stream;
            // Otherwise sending to a member that is gone throws.
            stream.setOnCancelHandler(() -> {});
        }

        void tell(ReadFrame.Answer answer) {
            lock.lock();
            try {
                if (!ended && !stream.isCancelled()) {
                    stream.onNext(ReadFrame.answer(answer));
                }
            } finally {
                lock.unlock();
            }
        }

        /** Ends the stream: who asked no longer waits for anything. */
        void end() {
            lock.lock();
            try {
                if (!ended && !stream.isCancelled()) {
                    stream.onCompleted();
                }
                ended = true;
            } finally {
                lock.unlock();
            }
        }
    }
}
