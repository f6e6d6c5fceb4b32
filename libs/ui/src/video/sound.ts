/** Two soft notes, made here: no file is fetched. Returns when they have faded, or rejects if the browser is silent. */
export async function playChime(): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    for (const [index, pitch] of [523.25, 659.25].entries()) {
      const at = context.currentTime + index * 0.25;
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, at);
      loudness.gain.exponentialRampToValueAtTime(0.25, at + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.7);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.75);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  } finally {
    await context.close();
  }
}

/** Calls back with the loudness of a stream, 0 … 1, about thirty times a second; returns how to stop. */
export function watchLevel(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1_024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // Speech lies between about -50 and -10 dB.
    const decibels = 10 * Math.log10(power + 1e-10);
    onLevel(Math.min(1, Math.max(0, (decibels + 55) / 45)));
  }, 33);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
