"""TensorFlow doing one model-epoch as torch_peer.py does it: a keras.layers.LSTM, its step compiled by tf.function.

Arguments: sequences steps inputs hidden models; one model only. It speaks as torch_peer.py does.
"""
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import tensorflow as tf

B, T, I, H, _ = map(int, sys.argv[1:6])
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.random.set_seed(0)

model = tf.keras.Sequential(
    [
        tf.keras.layers.Input((T, I), batch_size=B),
        tf.keras.layers.LSTM(H, return_sequences=True),
        tf.keras.layers.Dense(2),
    ]
)
x, y = tf.random.normal((B, T, I)), tf.random.normal((B, T, 2))
mask = tf.cast(tf.random.uniform((B, T, 2)) < 0.7, tf.float32)
observed = tf.reduce_sum(mask, (0, 1))
optimizer = tf.keras.optimizers.Adam(1e-3, epsilon=1e-7)


@tf.function
def epoch():
    with tf.GradientTape() as tape:
        error = (model(x, training=True) - y) * mask
        rmse = tf.sqrt(tf.reduce_sum(error * error, (0, 1)) / observed)
        loss = tf.reduce_sum(rmse * tf.constant([1.0, 0.5]))
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


epoch()
print(tf.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        loss = epoch()
    float(loss)
    print((time.perf_counter() - start) * 1e3 / int(line), flush=True)
