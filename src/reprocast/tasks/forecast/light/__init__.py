"""An exported model at work: raw values to forecasts with numpy and onnxruntime, no PyTorch, no pandas."""
