// Says to the stylesheet, before the first paint, that scripts run and modules are understood.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
