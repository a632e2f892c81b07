"""Signs around a word that was found, and between passages; they are taken out of texts before."""

START = "\u0002"
END = "\u0003"
BREAK = "\u0004"
